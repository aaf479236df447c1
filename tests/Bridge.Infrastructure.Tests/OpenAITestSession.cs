using System.Text.Json.Nodes;
using Bridge.Application.Abstractions;
using Bridge.Application.Options;
using Bridge.Domain.Transcripts;
using Bridge.Infrastructure.Realtime.OpenAI;
using Microsoft.Extensions.Time.Testing;

namespace Bridge.Infrastructure.Tests;

/// <summary>A session over a real WebSocket in memory, and the server at its far end.</summary>
internal sealed class OpenAITestSession : IAsyncDisposable
{
    public const string Malformed = "{ no JSON";
    public const string Speech = """{"type":"input_audio_buffer.speech_started"}""";
    public const string Updated = """{"type":"session.updated","session":{"id":"sess_1","audio":{"input":{"format":{"type":"audio/pcmu"}},"output":{"format":{"type":"audio/pcmu"}}}}}""";

    public OpenAITestSession() =>
        Session = new OpenAIRealtimeSession(Sockets.Near, new OpenAIEventLog("", Log), TimeSpan.FromMilliseconds(500), Time, Log);

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));

    public TestLogger<OpenAIRealtimeSession> Log { get; } = new();

    public SocketPair Sockets { get; } = new(isClient: true);

    public OpenAIRealtimeSession Session { get; }

    /// <summary>The set-up until the server has our session.update; what is returned is under way.</summary>
    public async Task<Task> BeginAsync(IReadOnlyList<TranscriptTurn> history, string fields = "")
    {
        var settings = new RealtimeSessionSettings("Be kind.", null, null, new TurnDetectionOptions()) { History = history };
        var configuring = Session.ConfigureAsync(settings, null, CancellationToken.None).WaitAsync(SocketPair.Patience);
        await Sockets.FarSendsAsync($$$"""{"type":"session.created","session":{"id":"sess_1"{{{fields}}}}}""");
        Assert.That(await NextTypeAsync(), Is.EqualTo("session.update"));
        return configuring;
    }

    /// <summary>The whole set-up.</summary>
    public async Task ConfigureAsync(IReadOnlyList<TranscriptTurn> history, string fields = "")
    {
        var configuring = await BeginAsync(history, fields);
        await Sockets.FarSendsAsync(Updated);
        await configuring;
    }

    /// <summary>The type of the next command the server gets, and the item it is about.</summary>
    public async Task<string> NextTypeAsync()
    {
        var command = JsonNode.Parse((await Sockets.FarReceivesAsync())!)!;
        return $"{command["type"]} {command["item"]?["id"] ?? command["item_id"]}".TrimEnd();
    }

    /// <summary>All that the session tells the call until it is over.</summary>
    public async Task<List<RealtimeEvent>> ReadToEndAsync()
    {
        using var tooLong = new CancellationTokenSource(SocketPair.Patience);
        var events = new List<RealtimeEvent>();
        await foreach (var e in Session.ReadEventsAsync(tooLong.Token))
            events.Add(e);
        Assert.That(tooLong.IsCancellationRequested, Is.False, "it has no end");
        return events;
    }

    public async ValueTask DisposeAsync()
    {
        Sockets.Break();
        await Session.DisposeAsync();
        Sockets.Dispose();
    }
}
