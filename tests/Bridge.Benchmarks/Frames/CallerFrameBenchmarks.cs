using BenchmarkDotNet.Attributes;

namespace Bridge.Benchmarks.Frames;

/// <summary>20 ms of the caller: Twilio's <c>media</c> to OpenAI's <c>append</c>. Fifty a second and call.</summary>
public class CallerFrameBenchmarks
{
    // Each way its own: who missed every second frame would hear gaps.
    private readonly CallerFrames _toNaive = new();
    private readonly CallerFrames _toBridge = new();
    private readonly NaivePort _naive = new(CallerFrames.StreamSid);
    private readonly BridgeWay _bridge = new(CallerFrames.StreamSid);
    private readonly byte[] _sent = new byte[1024];

    [GlobalSetup]
    public void BothSayTheSame()
    {
        for (var i = 0; i < 200; i++)
        {
            Require.That(Sent.IsAppend(Sent.Messages(_naive.CallerFrame(_toNaive.Next().Span)).Single(), _toNaive.Audio), "the naive port appends the caller's audio");
            var length = _bridge.CallerFrame(_toBridge.Next(), _sent);
            Require.That(Sent.IsAppend(Sent.Messages(_sent.AsSpan(0, length)).Single(), _toBridge.Audio), "Bridge appends the caller's audio");
        }
    }

    [Benchmark(Baseline = true)]
    public int NaivePort() => _naive.CallerFrame(_toNaive.Next().Span).Length;

    [Benchmark]
    public int Bridge() => _bridge.CallerFrame(_toBridge.Next(), _sent);
}
