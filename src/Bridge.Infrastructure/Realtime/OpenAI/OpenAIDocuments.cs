using System.Text.Json;
using System.Text.Json.Serialization;
using Bridge.Application.Abstractions;

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
    public static byte[] SessionUpdate(RealtimeSessionSettings settings)
    {
        var turns = settings.TurnDetection;
        return JsonSerializer.SerializeToUtf8Bytes(
            new UpdateCommand(
                "session.update",
                new Session(
                    "realtime",
                    ["audio"],
                    settings.Instructions,
                    new Audio(
                        new Input(
                            new Format(Pcmu),
                            new TurnDetection("server_vad", turns.Threshold, turns.PrefixPaddingMs, turns.SilenceDurationMs, CreateResponse: true, InterruptResponse: true)),
                        new Output(new Format(Pcmu), settings.Voice)))),
            OpenAIJson.Default.UpdateCommand);
    }

    /// <summary>A response of its own accord. Its instructions stand in for the session's, so these come with them.</summary>
    public static byte[] ResponseCreate(string instructions, string? prompt) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new ResponseCommand("response.create", prompt is null ? null : new Response($"{instructions}\n\n{prompt}")),
            OpenAIJson.Default.ResponseCommand);

    internal sealed record UpdateCommand(string Type, Session Session);

    internal sealed record Session(string Type, string[] OutputModalities, string Instructions, Audio Audio);

    internal sealed record Audio(Input Input, Output Output);

    internal sealed record Input(Format Format, TurnDetection TurnDetection);

    internal sealed record Output(Format Format, string? Voice);

    internal sealed record Format(string Type);

    internal sealed record TurnDetection(string Type, double Threshold, int PrefixPaddingMs, int SilenceDurationMs, bool CreateResponse, bool InterruptResponse);

    internal sealed record ResponseCommand(string Type, Response? Response);

    internal sealed record Response(string Instructions);
}

/// <summary>Generated serialisers: names in snake case, what is null is left out.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OpenAIDocuments.UpdateCommand))]
[JsonSerializable(typeof(OpenAIDocuments.ResponseCommand))]
[JsonSerializable(typeof(string))]
internal sealed partial class OpenAIJson : JsonSerializerContext;
