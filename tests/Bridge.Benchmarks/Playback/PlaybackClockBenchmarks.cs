using BenchmarkDotNet.Attributes;
using Bridge.Domain.Playback;

namespace Bridge.Benchmarks.Playback;

/// <summary>
/// What knowing "how much was heard" costs. The clock's operations only make sense in their order, so a second of speech is
/// measured as it happens; the figures are those of one second of one call.
/// </summary>
public class PlaybackClockBenchmarks
{
    private const int Frames = 50;
    private const int Deltas = 10;

    private static readonly ItemKey Item = new("item_CiVpJxY4m2LrS6uKf9HgA", 0);
    private static readonly int Delta = (int)Pcmu.ToSamples(1_000 / Deltas);
    private static readonly int Frame = (int)Pcmu.ToSamples(1_000 / Frames);

    private readonly PlaybackClock _clock = new();
    private readonly MediaClock _media = new();
    private readonly Queue<Mark> _underWay = new();
    private long _time;
    private long _stamp;

    [GlobalSetup]
    public void ASecondIsASecond()
    {
        // The model is ten seconds ahead of the caller's ear, as it often is.
        for (var delta = 0; delta < 10 * Deltas; delta++)
            Send();
        Require.That(SecondOfSpeech() == 10 && SecondOfSpeech() == 10, "a mark is set and one returned in each second");
        Require.That(_clock.Unheard.Single() is { Heard: 16_000, Sent: 96_000 }, "two seconds of twelve were heard");
        Require.That(SecondOfFrames() == 8_000, "the call's time goes on by a second");
    }

    /// <summary>Ten deltas sent, fifty looks at the clock, and the mark returned that was passed. Returns how many marks are under way.</summary>
    [Benchmark]
    public int SecondOfSpeech()
    {
        for (var delta = 0; delta < Deltas; delta++)
        {
            Send();
            for (var frame = 0; frame < Frames / Deltas; frame++)
                _clock.Advance(_time += Frame);
        }

        _clock.MarkReturned(_underWay.Dequeue());
        return _underWay.Count;
    }

    /// <summary>Fifty frames that tell the call's own time. Returns by how many samples it went on.</summary>
    [Benchmark]
    public long SecondOfFrames()
    {
        var before = _media.Now(TimeSpan.FromMilliseconds(_stamp));
        for (var frame = 0; frame < Frames; frame++)
        {
            _stamp += 1_000 / Frames;
            _media.FrameArrived(_stamp, TimeSpan.FromMilliseconds(_stamp));
        }

        return _media.Now(TimeSpan.FromMilliseconds(_stamp)) - before;
    }

    private void Send()
    {
        if (_clock.Send("resp_1", Item, Delta).After is { } mark)
            _underWay.Enqueue(mark);
    }
}
