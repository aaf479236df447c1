using Bridge.Domain.Calls;
using Bridge.Domain.Playback;
using Bridge.Domain.Turns;

namespace Bridge.Domain.Tests;

/// <summary>What a call costs the memory, in bytes.</summary>
[NonParallelizable]
public sealed class AllocationTests
{
    private const int Warmth = 2_000;
    private const int Frames = 10_000;

    private readonly Call _call = TestCall.Active().Call;
    private readonly ItemKey _item = new("item_1", 0);
    private readonly List<Mark> _marks = new(Frames);
    private int _frame;
    private int _returned;

    [Test]
    public void A_frame_of_the_callers_a_piece_of_audio_a_mark_and_a_look_at_the_clock_allocate_nothing()
    {
        for (var i = 0; i < Warmth; i++)
            OneFrame();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Frames; i++)
            OneFrame();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.That(allocated, Is.Zero);
        Assert.That(_returned, Is.GreaterThan(200), "marks were returned, too");
    }

    [Test]
    public void An_interruption_allocates_little_more_than_its_list()
    {
        Interrupt(items: 10);
        var one = Interrupt(items: 1);
        var ten = Interrupt(items: 10);

        Assert.That(one, Is.LessThanOrEqualTo(160));
        Assert.That((ten - one) / 9, Is.LessThanOrEqualTo(64), "for each further item");
    }

    [Test]
    public void An_interruption_that_finds_nothing_to_cut_allocates_nothing()
    {
        _call.CallerStartedSpeaking(TimeSpan.Zero);
        var before = GC.GetAllocatedBytesForCurrentThread();
        _call.CallerStartedSpeaking(TimeSpan.Zero);

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private void OneFrame()
    {
        var now = TimeSpan.FromMilliseconds(++_frame * 20);
        _call.CallerAudio(_frame * 20, now);
        _call.ModelShowedSign(now);
        _call.Watch(now);
        var decision = _call.Play("resp_1", _item, 160, now);
        if (decision.Marks.Before is { } before)
            _marks.Add(before);
        if (decision.Marks.After is { } after)
            _marks.Add(after);
        if (_frame % 50 == 3 && _returned < _marks.Count)
            _call.MarkReturned(_marks[_returned++], now);
    }

    private long Interrupt(int items)
    {
        _frame++;
        for (var i = 0; i < items; i++)
            _call.Play($"resp_{_frame}", new ItemKey($"item_{_frame}_{i}", 0), 8000, TimeSpan.Zero);
        var before = GC.GetAllocatedBytesForCurrentThread();
        _call.CallerStartedSpeaking(TimeSpan.Zero);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        _call.ResponseFinished($"resp_{_frame}", ResponseEnding.Completed, null, TimeSpan.Zero);
        return allocated;
    }
}
