using BenchmarkDotNet.Attributes;

namespace Bridge.Benchmarks.Frames;

/// <summary>
/// 100 ms of the assistant: OpenAI's delta to Twilio's <c>media</c>, and the marks. The naive port sends a mark after each delta,
/// as the sample does; Bridge one before speech begins, and then one a second.
/// </summary>
public class AssistantDeltaBenchmarks
{
    private const int DeltasASecond = 1_000 / AssistantDeltas.Milliseconds;

    private readonly AssistantDeltas _deltas = new();
    private readonly NaivePort _naive = new(CallerFrames.StreamSid);
    private readonly BridgeWay _bridge = new(CallerFrames.StreamSid);
    private readonly byte[] _sent = new byte[4096];

    [GlobalSetup]
    public void BothSayTheSame()
    {
        var marks = 0;
        for (var i = 0; i < 20 * DeltasASecond; i++)
        {
            var (media, mark) = _naive.AssistantDelta(_deltas.Next().Span);
            Require.That(Sent.IsMedia(Sent.Messages(media).Single(), _deltas.Audio) && Sent.IsMark(Sent.Messages(mark).Single()), "the naive port sends the assistant's audio and a mark");
            _naive.MarkReturned();

            var messages = Sent.Messages(_sent.AsSpan(0, _bridge.AssistantDelta(_deltas.Next(), _sent)));
            Require.That(messages.Count(m => !Sent.IsMark(m)) == 1 && messages.Any(m => !Sent.IsMark(m) && Sent.IsMedia(m, _deltas.Audio)), "Bridge sends the assistant's audio");
            marks += messages.Count(Sent.IsMark);
        }

        Require.That(marks == 1 + 20, "Bridge sends a mark before, and one a second");
    }

    [Benchmark(Baseline = true)]
    public int NaivePort()
    {
        var (media, mark) = _naive.AssistantDelta(_deltas.Next().Span);
        _naive.MarkReturned();
        return media.Length + mark.Length;
    }

    [Benchmark]
    public int Bridge() => _bridge.AssistantDelta(_deltas.Next(), _sent);
}
