using System.Net.WebSockets;
using Bridge.Application.Abstractions;
using Bridge.Application.Options;
using Bridge.Infrastructure.Realtime.OpenAI;
using Microsoft.Extensions.Time.Testing;

namespace Bridge.Infrastructure.Tests;

/// <summary>A model's server that breaks the rules of the wire.</summary>
public sealed class OpenAIBrokenSessionTests
{
    private const string Created = """{"type":"session.created","session":{"id":"sess_1"}}""";
    private const string Updated = """{"type":"session.updated","session":{"id":"sess_1","audio":{"input":{"format":{"type":"audio/pcmu"}},"output":{"format":{"type":"audio/pcmu"}}}}}""";

    private static readonly RealtimeSessionSettings Settings = new("Be kind.", "marin", 0.8, new TurnDetectionOptions());

    private readonly FakeTimeProvider _time = new();
    private readonly TestLogger<OpenAIRealtimeSession> _logger = new();
    private SocketPair _sockets = null!;
    private OpenAIRealtimeSession _session = null!;

    [SetUp]
    public void SetUp()
    {
        _sockets = new SocketPair(isClient: true);
        _session = new OpenAIRealtimeSession(_sockets.Near, new OpenAIEventLog("", _logger), TimeSpan.FromMilliseconds(500), _time, _logger);
    }

    [TearDown]
    public async Task TearDown()
    {
        _sockets.Break();
        await _session.DisposeAsync();
        _sockets.Dispose();
    }

    [Test]
    public async Task A_message_too_large_ends_the_session_and_the_close_says_so()
    {
        await _sockets.FarSendsAsync(new string(' ', (1024 * 1024) + 1));
        var events = _session.ReadEventsAsync(CancellationToken.None).GetAsyncEnumerator();
        Assert.That(await events.MoveNextAsync().AsTask().WaitAsync(SocketPair.Patience), Is.True);
        Assert.That((events.Current.Error!.Kind, events.Current.Error.Code), Is.EqualTo((RealtimeErrorKind.SessionOver, "message_too_large")));
        await events.DisposeAsync();

        var disposing = _session.DisposeAsync().AsTask();
        Assert.That(await _sockets.FarReceivesAsync(), Is.Null);
        Assert.That(_sockets.Far.CloseStatus, Is.EqualTo(WebSocketCloseStatus.MessageTooBig));
        await _sockets.FarClosesAsync();
        await disposing.WaitAsync(SocketPair.Patience);
    }

    [Test]
    public async Task A_message_too_large_before_updated_is_no_session()
    {
        var configuring = ConfigureAsync();
        await _sockets.FarSendsAsync(Created);
        await _sockets.FarSendsAsync(new string(' ', (1024 * 1024) + 1));
        await _sockets.FarSendsAsync(Updated);

        await Assert.ThatAsync(() => configuring, Throws.TypeOf<RealtimeSessionException>());
    }

    [TestCaseSource(typeof(BrokenFrames), nameof(BrokenFrames.OfAServer))]
    public async Task Frames_that_break_RFC_6455_end_the_session_and_then_it_is_over(byte[] frames)
    {
        await _sockets.FarSendsRawAsync(frames);

        Assert.That(await ErrorsAsync().WaitAsync(SocketPair.Patience), Is.EqualTo(new[] { "SessionOver websocket_violation" }));
    }

    [Test]
    public async Task Frames_that_break_RFC_6455_before_updated_are_no_session()
    {
        var configuring = ConfigureAsync();
        await _sockets.FarSendsRawAsync([0x83, 0x00]);

        await Assert.ThatAsync(() => configuring, Throws.TypeOf<RealtimeSessionException>());
    }

    private Task ConfigureAsync() => _session.ConfigureAsync(Settings, null, CancellationToken.None).WaitAsync(SocketPair.Patience);

    private async Task<List<string>> ErrorsAsync()
    {
        var errors = new List<string>();
        await foreach (var e in _session.ReadEventsAsync(CancellationToken.None))
            errors.Add($"{e.Error!.Kind} {e.Error.Code}");
        return errors;
    }
}
