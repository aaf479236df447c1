using System.Text;
using BenchmarkDotNet.Attributes;
using Bridge.Benchmarks.Frames;
using Bridge.Domain.Playback;
using Bridge.Infrastructure.Twilio;

namespace Bridge.Benchmarks.Playback;

/// <summary>A mark's way: its name out, and its message back in. One or two a second and call while the assistant speaks.</summary>
public class MarkBenchmarks
{
    private static readonly Mark Mark = new(3, 1234);

    private readonly byte[] _name = Encoding.UTF8.GetBytes("g3m1234");
    private readonly byte[] _message = Encoding.UTF8.GetBytes($$$"""{"event":"mark","sequenceNumber":"4","streamSid":"{{{CallerFrames.StreamSid}}}","mark":{"name":"g3m1234"}}""");
    private readonly byte[] _written = new byte[256];
    private readonly TwilioMessageWriter _twilio = new(CallerFrames.StreamSid);

    [GlobalSetup]
    public void EachIsTheOthersInverse()
    {
        Require.That(_written.AsSpan(0, Format()).SequenceEqual(_name), "a mark is written as its name");
        Require.That(Parse() == Mark && Read() == Mark, "a name is read as its mark");
        Require.That(Sent.IsMark(Sent.Messages(_written.AsSpan(0, Write())).Single()), "a mark's message is one");
    }

    /// <summary>A mark's name.</summary>
    [Benchmark]
    public int Format() => Mark.Format(_written);

    /// <summary>A name that came back.</summary>
    [Benchmark]
    public Mark? Parse() => Mark.TryParse(_name, out var mark) ? mark : null;

    /// <summary>The whole message to Twilio.</summary>
    [Benchmark]
    public int Write() => _twilio.Mark(Mark).Write(_written);

    /// <summary>The whole message that comes back; without audio, nothing of it is written over.</summary>
    [Benchmark]
    public Mark? Read() => TwilioMessageReader.Read(_message).Mark;
}
