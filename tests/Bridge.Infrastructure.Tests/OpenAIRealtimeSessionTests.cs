using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Bridge.Application.Abstractions;
using Bridge.Application.Options;
using Bridge.Domain.Playback;
using Bridge.Domain.Turns;
using Bridge.Infrastructure.Realtime.OpenAI;
using Microsoft.Extensions.Time.Testing;

namespace Bridge.Infrastructure.Tests;

/// <summary>A session over a real WebSocket, whose far end says what the model's server says.</summary>
public sealed class OpenAIRealtimeSessionTests
{
    private const string Created = """{"type":"session.created","session":{"id":"sess_1","audio":{"input":{"format":{"type":"audio/pcm","rate":24000}}}}}""";
    private const string Updated = """{"type":"session.updated","session":{"id":"sess_1","audio":{"input":{"format":{"type":"audio/pcmu"}},"output":{"format":{"type":"audio/pcmu"}}}}}""";

    private static readonly RealtimeSessionSettings Settings = new("Be kind.", "marin", 0.8, new TurnDetectionOptions());

    private readonly FakeTimeProvider _time = new();
    private readonly TestLogger<OpenAIRealtimeSession> _logger = new();
    private SocketPair _sockets = null!;
    private OpenAIRealtimeSession _session = null!;

    [SetUp]
    public void SetUp() => Connect(room: 1 << 20);

    [TearDown]
    public async Task TearDown()
    {
        _sockets.Break();
        await _session.DisposeAsync();
        _sockets.Dispose();
    }

    [Test]
    public async Task It_is_configured_after_created_and_ready_after_updated()
    {
        var configuring = ConfigureAsync();
        await _sockets.FarSendsAsync(Created);
        Assert.That(JsonNode.Parse((await _sockets.FarReceivesAsync())!)!["type"]!.GetValue<string>(), Is.EqualTo("session.update"));
        Assert.That(configuring.IsCompleted, Is.False);

        await _sockets.FarSendsAsync("""{"type":"something.new"}""");
        await _sockets.FarSendsAsync(Updated);
        await configuring;
        Assert.That(_session.Id, Is.EqualTo("sess_1"));
    }

    [TestCase("\"input\":{\"format\":{\"type\":\"audio/pcmu\"", "\"input\":{\"format\":{\"type\":\"audio/pcm\"")]
    [TestCase("\"output\":{\"format\":{\"type\":\"audio/pcmu\"", "\"output\":{\"format\":{\"type\":\"audio/pcma\"")]
    [TestCase("\"audio\"", "\"video\"")]
    public async Task An_echo_that_does_not_show_PCMU_both_ways_is_no_session(string good, string bad)
    {
        var configuring = ConfigureAsync();
        await _sockets.FarSendsAsync(Created);
        await _sockets.FarSendsAsync(Updated.Replace(good, bad));

        await Assert.ThatAsync(() => configuring, Throws.TypeOf<RealtimeSessionException>());
    }

    [Test]
    public async Task Any_error_before_updated_is_a_refusal_that_says_why()
    {
        var configuring = ConfigureAsync();
        await _sockets.FarSendsAsync(Created);
        await _sockets.FarSendsAsync("""{"type":"error","error":{"type":"invalid_request_error","code":"unknown_parameter","param":"session.x","message":"Unknown parameter: 'session.x'."}}""");

        await Assert.ThatAsync(() => configuring, Throws.TypeOf<RealtimeSessionException>().With.Message.Contains("unknown_parameter session.x").And.Message.Not.Contains("Unknown"));
    }

    [Test]
    public async Task A_server_that_closes_before_updated_gives_no_session()
    {
        var configuring = ConfigureAsync();
        await _sockets.FarSendsAsync(Created);
        await _sockets.FarClosesAsync();

        await Assert.ThatAsync(() => configuring, Throws.TypeOf<RealtimeSessionException>());
    }

    [Test]
    public async Task Commands_go_out_in_the_order_in_which_they_were_given()
    {
        await ConfiguredAsync();
        await _session.CreateResponseAsync(new ResponseRequest(1, "Say hello."), CancellationToken.None);
        await _session.AppendAudioAsync(new byte[] { 0x7F }, CancellationToken.None);
        await _session.TruncateAsync(new Truncation(new ItemKey("item_1", 0), 10, 20), CancellationToken.None);
        await _session.CancelResponseAsync("resp_1", CancellationToken.None);
        await _session.CreateResponseAsync(new ResponseRequest(1, "Say hello."), CancellationToken.None);

        string?[] expected =
        [
            """{"type":"response.create","event_id":"c1.1","response":{"instructions":"Be kind.\n\nSay hello.","metadata":{"request":"1"}}}""",
            """{"type":"input_audio_buffer.append","event_id":"a2","audio":"fw=="}""",
            """{"type":"conversation.item.truncate","event_id":"t3","item_id":"item_1","content_index":0,"audio_end_ms":10}""",
            """{"type":"response.cancel","event_id":"x4","response_id":"resp_1"}""",
            """{"type":"response.create","event_id":"c1.5","response":{"instructions":"Be kind.\n\nSay hello.","metadata":{"request":"1"}}}""",
        ];
        foreach (var command in expected)
            Assert.That(await _sockets.FarReceivesAsync(), Is.EqualTo(command));
    }

    [Test]
    public async Task No_event_id_is_used_twice_whichever_threads_give_the_commands()
    {
        await ConfiguredAsync();
        var giving = Enumerable.Range(0, 4).Select(giver => Task.Run(async () =>
        {
            for (var i = 0; i < 2500; i++)
            {
                await (giver switch
                {
                    0 => _session.TruncateAsync(new Truncation(new ItemKey("i", 0), 0, 1), CancellationToken.None),
                    1 => _session.CancelResponseAsync("r", CancellationToken.None),
                    2 => _session.CreateResponseAsync(new ResponseRequest(1 + (i % 3), null), CancellationToken.None),
                    _ => _session.AppendAudioAsync(new byte[1], CancellationToken.None),
                });
            }
        })).ToList();
        var ids = new HashSet<string>();
        for (var i = 0; i < 10_000; i++)
            ids.Add(JsonNode.Parse((await _sockets.FarReceivesAsync())!)!["event_id"]!.GetValue<string>());
        await Task.WhenAll(giving).WaitAsync(SocketPair.Patience);

        Assert.That(ids, Has.Count.EqualTo(10_000));
        Assert.That(ids, Has.All.Matches("^([atx][0-9]+|c[1-3][.][0-9]+)$"));
    }

    [Test]
    public async Task The_callers_bytes_are_the_callers_again_as_soon_as_they_were_given()
    {
        Connect(room: 64);
        var audio = new byte[160];
        var first = _session.AppendAudioAsync(audio, CancellationToken.None);
        var second = _session.AppendAudioAsync(audio, CancellationToken.None);
        Assert.That((first.IsCompleted, second.IsCompleted), Is.EqualTo((false, false)), "the far end does not read");
        audio.AsSpan().Fill(0x55);

        var silence = Convert.ToBase64String(new byte[160]);
        Assert.That(new[] { await _sockets.FarReceivesAsync(), await _sockets.FarReceivesAsync() }, Has.All.Contains($"\"audio\":\"{silence}\""));
        await first.AsTask().WaitAsync(SocketPair.Patience);
        await second.AsTask().WaitAsync(SocketPair.Patience);
    }

    [Test]
    public void Its_voice_detection_counts_samples() => Assert.That(_session.Capabilities.NeedsSteadyAudio, Is.True);

    [Test]
    public async Task Events_that_mean_nothing_to_a_call_are_not_passed_on_and_a_close_is_the_end()
    {
        await _sockets.FarSendsAsync("""{"type":"rate_limits.updated"}""");
        await _sockets.FarSendsAsync("{ no JSON");
        await _sockets.Far.SendAsync(new byte[3], WebSocketMessageType.Binary, true, CancellationToken.None);
        await _sockets.FarSendsAsync("""{"type":"input_audio_buffer.speech_started"}""");
        await _sockets.FarClosesAsync(WebSocketCloseStatus.EndpointUnavailable);

        var events = new List<RealtimeEventKind>();
        await foreach (var e in _session.ReadEventsAsync(CancellationToken.None))
            events.Add(e.Kind);
        Assert.That(events, Is.EqualTo(new[] { RealtimeEventKind.SpeechStarted }));
        Assert.That(_logger.Entries.Count(e => e.Text.Contains("cannot be read")), Is.EqualTo(2));
    }

    [Test]
    public async Task Disposing_closes_and_ends_the_reading()
    {
        var reading = Task.Run(async () =>
        {
            await foreach (var e in _session.ReadEventsAsync(CancellationToken.None))
                Assert.Fail($"{e.Kind} out of nothing");
        });
        var disposing = _session.DisposeAsync().AsTask();
        Assert.That(await _sockets.FarReceivesAsync(), Is.Null);
        await _sockets.FarClosesAsync();

        await Task.WhenAll(disposing, reading).WaitAsync(SocketPair.Patience);
    }

    [Test]
    public async Task A_model_that_goes_on_talking_while_it_is_closed_is_read_in_whole_messages()
    {
        await ConfiguredAsync();
        var delta = $$"""{"type":"response.output_audio.delta","response_id":"resp_1","item_id":"item_1","content_index":0,"delta":"{{Convert.ToBase64String(new byte[4000])}}"}""";
        var streaming = _sockets.FarStreamsUntilClosedAsync(delta, stopAfterClose: 200);
        var lengths = new List<int>();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reading = Task.Run(async () =>
        {
            await foreach (var e in _session.ReadEventsAsync(CancellationToken.None))
            {
                lengths.Add(e.Audio.Length);
                begun.TrySetResult();
            }
        });
        await Task.WhenAll(_sockets.FarSentAsync(100), begun.Task).WaitAsync(SocketPair.Patience);
        await _session.DisposeAsync().AsTask().WaitAsync(SocketPair.Patience);
        await Task.WhenAll(streaming, reading).WaitAsync(SocketPair.Patience);

        Assert.That(lengths, Has.All.EqualTo(4000));
        Assert.That(lengths, Has.Count.GreaterThanOrEqualTo(300));
        Assert.That(_logger.Entries.Where(e => e.Text.Contains("cannot be read")), Is.Empty);
    }

    [Test]
    public async Task A_server_that_does_not_answer_the_close_is_left_when_its_time_is_over()
    {
        var disposing = _session.DisposeAsync().AsTask();
        _time.Advance(TimeSpan.FromMilliseconds(500));

        await disposing.WaitAsync(SocketPair.Patience);
    }

    private void Connect(int room)
    {
        _sockets?.Dispose();
        _sockets = new SocketPair(room, isClient: true);
        _session = new OpenAIRealtimeSession(_sockets.Near, new OpenAIEventLog("", _logger), TimeSpan.FromMilliseconds(500), _time, _logger);
    }

    private async Task ConfiguredAsync()
    {
        var configuring = ConfigureAsync();
        await _sockets.FarSendsAsync(Created);
        await _sockets.FarReceivesAsync();
        await _sockets.FarSendsAsync(Updated);
        await configuring;
    }

    private Task ConfigureAsync() => _session.ConfigureAsync(Settings, null, CancellationToken.None).WaitAsync(SocketPair.Patience);
}
