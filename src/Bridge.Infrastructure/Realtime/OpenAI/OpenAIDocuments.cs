using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Bridge.Application.Abstractions;
using Bridge.Domain.Turns;

namespace Bridge.Infrastructure.Realtime.OpenAI;

/// <summary>The commands that are written once or twice a call, as objects.</summary>
internal static class OpenAIDocuments
{
    /// <summary>G.711 µ-law. It has no <c>rate</c> here, and a field too many drops the whole update.</summary>
    public const string Pcmu = "audio/pcmu";

    /// <summary>
    /// Everything explicit: the defaults differ between the documentation and its examples, and an update that is refused
    /// leaves PCM at 24 kHz, which a caller hears as noise. No temperature: this API has none and refuses the update.
    /// </summary>
    public static byte[] SessionUpdate(RealtimeSessionSettings settings, string? transcriptionModel)
    {
        var turns = settings.TurnDetection;
        return JsonSerializer.SerializeToUtf8Bytes(
            new UpdateCommand(
                "session.update",
                OpenAICommandId.SessionUpdate,
                new Session(
                    "realtime",
                    ["audio"],
                    settings.Instructions,
                    new Audio(
                        new Input(
                            new Format(Pcmu),
                            string.IsNullOrEmpty(transcriptionModel) ? null : new Transcription(transcriptionModel),
                            new TurnDetection("server_vad", turns.Threshold, turns.PrefixPaddingMs, turns.SilenceDurationMs, CreateResponse: true, InterruptResponse: true)),
                        new Output(new Format(Pcmu), settings.Voice)))),
            OpenAIJson.Default.UpdateCommand);
    }

    /// <summary>
    /// A response of our own accord. Its instructions stand in for the session's, so these come with them. The metadata comes
    /// back with <c>response.created</c>, which does not name the command it answers.
    /// </summary>
    public static byte[] ResponseCreate(string instructions, ResponseRequest request, int attempt) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new ResponseCommand(
                "response.create",
                OpenAICommandId.ResponseCreate(request.Number, attempt),
                new Response(request.Prompt is null ? null : $"{instructions}\n\n{request.Prompt}", request.AudioOnly ? ["audio"] : null, new Metadata(request.Number.ToString(CultureInfo.InvariantCulture)))),
            OpenAIJson.Default.ResponseCommand);

    internal sealed record UpdateCommand(string Type, string EventId, Session Session);

    internal sealed record Session(string Type, string[] OutputModalities, string Instructions, Audio Audio);

    internal sealed record Audio(Input Input, Output Output);

    internal sealed record Input(Format Format, Transcription? Transcription, TurnDetection TurnDetection);

    internal sealed record Output(Format Format, string? Voice);

    internal sealed record Format(string Type);

    internal sealed record TurnDetection(string Type, double Threshold, int PrefixPaddingMs, int SilenceDurationMs, bool CreateResponse, bool InterruptResponse);

    internal sealed record Transcription(string Model);

    internal sealed record ResponseCommand(string Type, string EventId, Response Response);

    internal sealed record Response(string? Instructions, string[]? OutputModalities, Metadata Metadata);

    internal sealed record Metadata(string Request);
}

/// <summary>Generated serialisers: names in snake case, what is null is left out.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OpenAIDocuments.UpdateCommand))]
[JsonSerializable(typeof(OpenAIDocuments.ResponseCommand))]
[JsonSerializable(typeof(string))]
internal sealed partial class OpenAIJson : JsonSerializerContext;
