using System.Text;
using Bridge.Domain.Playback;
using Bridge.Simulator;
using Bridge.Simulator.Caller;

namespace Bridge.Domain.Tests.Line;

/// <summary>Twilio, at the other end of the line: the truth. It plays what it gets, sends a frame every 20 ms, and returns marks.</summary>
internal sealed class FarEnd
{
    private const int FrameSamples = 160;
    private const int FirstTimestampMs = 120;

    private readonly VirtualTime _time;
    private readonly LineConditions _line;
    private readonly Random _random;
    private readonly OneWay _up;
    private readonly OneWay _down;
    private readonly PlayoutBuffer _playout;
    private int _lose;

    public FarEnd(LineConditions line)
    {
        var clock = new ManualClock();
        (_line, _random, _time, _playout) = (line, new Random(line.Seed), new VirtualTime(clock), new PlayoutBuffer(clock));
        _up = new OneWay(_time, line.Up, line.UpJitter, _random);
        _down = new OneWay(_time, line.Down, line.DownJitter, _random);
    }

    public VirtualTime Time => _time;

    /// <summary>What the bridge is told.</summary>
    public required Action<long> FrameArrived { get; init; }

    /// <summary>What the bridge is told.</summary>
    public required Action<Mark> MarkArrived { get; init; }

    /// <summary>The audio that came was whole, in order, and none of it was of an item already cut.</summary>
    public bool WasSentWell => _playout is { BlocksCorrupt: 0, BlocksOutOfOrder: 0, BlocksAfterClear: 0 };

    /// <summary>The next frames get lost.</summary>
    public void Lose(int frames) => _lose = frames;

    public void SendFramesUntil(long end, int number = 0)
    {
        if (_lose > 0)
            _lose--;
        else
            _up.Send(() => FrameArrived(FirstTimestampMs + (number * 20)));
        if (_time.Now < end)
            _time.Plan(_time.Now + FrameSamples, () => SendFramesUntil(end, number + 1));
    }

    public void Audio(int ordinal, int firstFrame, int frames) =>
        _down.Send(() => _playout.Enqueue(MarkedAudio.Of(ordinal, firstFrame, frames)));

    public void Mark(Mark mark)
    {
        Span<byte> name = stackalloc byte[Playback.Mark.MaxNameLength];
        var text = Encoding.UTF8.GetString(name[..mark.Format(name)]);
        _down.Send(() =>
        {
            _playout.Mark(text);
            _time.Plan(_time.Now + _playout.UnheardSamples, ReturnMarks);
        });
    }

    /// <summary>Clears, and tells what had been heard when it took effect.</summary>
    public void Clear(Action<IReadOnlyList<HeardItem>> effect) => _down.Send(() =>
    {
        effect(_playout.Clear().Items);
        ReturnMarks();
    });

    /// <summary>Looks at what was heard when a clear sent now would take effect.</summary>
    public void Look(Action<IReadOnlyList<HeardItem>> effect) => _down.Send(() => effect(_playout.Items));

    private void ReturnMarks()
    {
        foreach (var name in _playout.TakeDueMarks())
        {
            if (_random.Next(8) < _line.MarksLost || !Playback.Mark.TryParse(Encoding.UTF8.GetBytes(name), out var mark))
                continue;
            var held = _random.Next(8) < _line.MarksHeld ? _random.Next(_line.MarkHold + 1) : 0;
            _time.Plan(_time.Now + held, () => _up.Send(() => MarkArrived(mark)));
        }
    }
}
