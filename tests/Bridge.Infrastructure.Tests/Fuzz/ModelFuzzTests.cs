using System.Text;
using System.Text.Json;
using Bridge.Application.Abstractions;
using Bridge.Infrastructure.Realtime.OpenAI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Bridge.Infrastructure.Tests.Fuzz;

/// <summary>Whatever the model's side says is an event, or is ignored, or counted as malformed; and no log of it throws.</summary>
[Category("Fuzz")]
public sealed class ModelFuzzTests
{
    private const int MaxBytes = 64 * 1024;

    private readonly Dictionary<string, int> _kinds = [];

    [Test]
    public void An_event_is_read_or_ignored_or_malformed_and_what_is_no_JSON_is_malformed()
    {
        // One reader for all: it remembers ids, and must not remember more and more.
        var reader = new OpenAIEventReader();
        FuzzRun.Over(random => new FuzzSource(random, FuzzCorpus.Of("model"), MaxBytes, FuzzJson.Document).Next, input => Read(reader, input));

        var each = Enum.GetNames<RealtimeEventKind>().Concat(Enum.GetNames<OpenAIEventKind>()).Except([nameof(OpenAIEventKind.ForTheCall)]);
        Assert.That(each.Select(k => (k, _kinds.GetValueOrDefault(k))), Has.All.Matches<(string, int Count)>(k => k.Count > FuzzRun.Inputs / 1_000), string.Join(", ", _kinds));
    }

    [Test]
    public void A_session_goes_on_or_says_why_not()
    {
        var (events, log) = (0, new Nowhere());
        FuzzRun.Over(
            random => new FuzzSource(random, FuzzCorpus.Of("model"), MaxBytes, FuzzJson.Document).Next,
            input => events += SessionAsync(input, log).AsTask().GetAwaiter().GetResult(),
            inputs: 20_000);

        Assert.That(events, Is.GreaterThan(2_000));
        Assert.That(log.Lines, Is.GreaterThan(5_000));
    }

    /// <summary>What is as large as a message may be, and made to be slow: each once.</summary>
    [TestCase("{", "[", "")]
    [TestCase("""{"type":"response.done","response":{"id":"r","output":[""", "{},", "0]}}")]
    [TestCase("""{"type":"rate_limits.updated","rate_limits":[""", """{"remaining":0,"reset_seconds":1},""", "0]}")]
    [TestCase("""{"type":"error","error":{"code":" """, "a", "\"}}")]
    [TestCase("""{"type":"response.output_audio.delta","response_id":"r","item_id":"i","delta":" """, "\\u0041", "\"}")]
    [TestCase("""{"type":"conversation.item.input_audio_transcription.completed","item_id":"i","transcript":" """, "\\ud83d\\udcde", "\"}")]
    [TestCase("""{"type":"x",""", "\"type\":\"y\",", "\"z\":0}")]
    [TestCase("""{"type":"response.created","response":{""", "\"id\":\"a\",", "\"id\":\"b\"}}")]
    [TestCase("", "\"", "")]
    [TestCase("", "\\", "")]
    public void A_message_as_large_as_it_may_be_is_read_at_once(string begin, string middle, string end)
    {
        var input = Encoding.UTF8.GetBytes(begin.TrimEnd(' ') + string.Concat(Enumerable.Repeat(middle, (1024 * 1024 - 200) / middle.Length)) + end);
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        Read(new OpenAIEventReader(), input);

        Assert.That(System.Diagnostics.Stopwatch.GetElapsedTime(began), Is.LessThan(TimeSpan.FromSeconds(1)));
    }

    private void Read(OpenAIEventReader reader, byte[] input)
    {
        var isJson = IsJsonObject(input);
        var read = reader.Read(input);

        FuzzRun.Check(isJson || read.Kind == OpenAIEventKind.Malformed, $"no JSON, and yet it is {read.Kind}");
        var kind = read.Kind == OpenAIEventKind.ForTheCall ? read.Event.Kind.ToString() : read.Kind.ToString();
        FuzzRun.Check(read.Event.Kind != RealtimeEventKind.Error || read.Kind != OpenAIEventKind.ForTheCall || read.Event.Error is { } error && IsOneLine(error.Code) && IsOneLine(error.Parameter), "an error's code that is no name");
        FuzzRun.Check(read.Event.Audio.Length <= input.Length, "more audio than there was text");
        _kinds[kind] = _kinds.GetValueOrDefault(kind) + 1;
    }

    private static bool IsOneLine(string name) => name.All(c => c is > ' ' and < '\x7f') || name == "(no identifier)";

    /// <summary>A session that has been set up, or whose very set-up the input is.</summary>
    private static async ValueTask<int> SessionAsync(byte[] input, Nowhere log)
    {
        var events = 0;
        var socket = new FuzzSocket(new Random(input.Length), isClient: false);
        var session = new OpenAIRealtimeSession(socket, new OpenAIEventLog("response.done,response.created,error,session.created,conversation.item.added,rate_limits.updated,response.output_audio.delta", log), TimeSpan.FromSeconds(1), new FakeTimeProvider(), log);
        await using (session)
        {
            for (var i = 0; i < 3; i++)
                socket.Brings([.. input]);
            if (input.Length % 4 == 0)
            {
                try
                {
                    await session.ConfigureAsync(new RealtimeSessionSettings("Be kind.", null, null, new()), null, CancellationToken.None);
                }
                catch (RealtimeSessionException)
                {
                    // Documented: it was no session.
                }
            }

            await foreach (var e in session.ReadEventsAsync(CancellationToken.None))
                events++;
        }

        return events;
    }

    private static bool IsJsonObject(byte[] input)
    {
        try
        {
            using var document = JsonDocument.Parse(input);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>A log on which everything is written and nothing is kept.</summary>
    private sealed class Nowhere : ILogger
    {
        public int Lines { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            _ = formatter(state, exception);
            Lines++;
        }
    }
}
