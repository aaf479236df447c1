using Bridge.Simulator.Caller;

namespace Bridge.Simulator.Tests;

internal sealed class PlayoutBufferTests
{
    private readonly ManualClock _clock = new();
    private PlayoutBuffer _playout = null!;

    [SetUp]
    public void SetUp() => _playout = new PlayoutBuffer(_clock);

    [Test]
    public void A_mark_returns_when_everything_before_it_is_played()
    {
        _playout.Enqueue(Speech.Tone(100));
        _playout.Mark("a");
        _playout.Enqueue(Speech.Tone(20));
        _playout.Mark("b");
        Pass(99);
        Assert.That(_playout.TakeDueMarks(), Is.Empty);
        Pass(1);
        Assert.That(_playout.TakeDueMarks(), Is.EqualTo(new[] { "a" }));
        Pass(20);
        Assert.That(_playout.TakeDueMarks(), Is.EqualTo(new[] { "b" }));
    }

    [Test]
    public void A_mark_returns_at_once_when_nothing_is_left_to_play()
    {
        _playout.Mark("first");
        Assert.That(_playout.TakeDueMarks(), Is.EqualTo(new[] { "first" }));
        _playout.Enqueue(Speech.Tone(20));
        Pass(30);
        _playout.Mark("second");
        Assert.That(_playout.TakeDueMarks(), Is.EqualTo(new[] { "second" }));
    }

    [Test]
    public void Clear_drops_what_is_unplayed_and_returns_every_mark_oldest_first()
    {
        _playout.Enqueue(Speech.Tone(100));
        _playout.Mark("a");
        _playout.Enqueue(Speech.Tone(100));
        _playout.Mark("b");
        Pass(40);
        var clear = _playout.Clear();
        Pass(500);
        Assert.Multiple(() =>
        {
            Assert.That(clear.Dropped, Is.EqualTo(160 * 8));
            Assert.That(clear.Marks, Is.EqualTo(new[] { "a", "b" }));
            Assert.That(_playout.TakeDueMarks(), Is.EqualTo(new[] { "a", "b" }));
            Assert.That(_playout.HeardSamples, Is.EqualTo(40 * 8));
        });
    }

    [Test]
    public void What_was_heard_is_exact_with_silence_where_nothing_played()
    {
        var first = Speech.Tone(20);
        var second = Speech.Tone(20, 330);
        Pass(10);
        _playout.Enqueue(first);
        Pass(50);
        _playout.Enqueue(second);
        Pass(10);
        byte[] expected = [.. Pcmu.Quiet(80), .. first, .. Pcmu.Quiet(240), .. second[..80]];
        Assert.That(_playout.Heard(), Is.EqualTo(expected));
    }

    [Test]
    public void Heard_samples_belong_to_the_item_that_was_playing()
    {
        _playout.Enqueue(Marked(1, 100));
        _playout.Enqueue(Marked(2, 100));
        Pass(130);
        Assert.That(_playout.Playing, Is.EqualTo(2));
        var clear = _playout.Clear();
        Assert.That(clear.Items, Is.EqualTo(new[] { new HeardItem(1, 800, 800, 0), new HeardItem(2, 800, 240, 0) }));
        Assert.That(_playout.Item(2), Is.EqualTo(new HeardItem(2, 800, 240, 560)));
    }

    [Test]
    public void Audio_cut_anywhere_is_still_attributed()
    {
        foreach (var piece in Marked(3, 200).Chunk(77))
        {
            _playout.Enqueue(piece);
            Pass(5);
        }

        Pass(200);
        Assert.That(_playout.Item(3), Is.EqualTo(new HeardItem(3, 1600, 1600, 0)));
    }

    [Test]
    public void A_changed_a_lost_and_a_repeated_byte_are_noticed()
    {
        var changed = Marked(1, 100);
        changed[400] ^= 2;
        var lost = Marked(2, 100).ToList();
        lost.RemoveAt(500);
        byte[] repeated = [.. Marked(3, 40), .. Marked(3, 40)];
        Assert.Multiple(() =>
        {
            Assert.That(Wrong(changed), Is.EqualTo((1, 1)));
            Assert.That(Wrong([.. lost]), Is.EqualTo((1, 1)));
            Assert.That(Wrong(repeated), Is.EqualTo((0, 1)));
            Assert.That(Wrong(Marked(4, 100)), Is.EqualTo((0, 0)));
            Assert.That(Wrong(Speech.Clip("greeting")), Is.EqualTo((0, 0)));
        });
    }

    [Test]
    public void Audio_of_a_cut_item_that_comes_later_is_noticed()
    {
        var audio = Marked(1, 100);
        _playout.Enqueue(audio.AsSpan(0, 320));
        _playout.Clear();
        _playout.Enqueue(audio.AsSpan(320));
        Assert.That(_playout.BlocksAfterClear, Is.EqualTo(3));
    }

    [Test]
    public async Task A_condition_is_waited_for_until_an_event_makes_it_true()
    {
        var waiting = _playout.WaitUntilAsync(playout => playout.ReceivedSamples >= 160);
        Assert.That(waiting.IsCompleted, Is.False);
        _playout.Enqueue(Speech.Tone(20));
        await waiting.WaitAsync(ModelClient.Limit());
    }

    private static (int Corrupt, int OutOfOrder) Wrong(byte[] audio)
    {
        var playout = new PlayoutBuffer(new ManualClock());
        playout.Enqueue(audio);
        return (playout.BlocksCorrupt, playout.BlocksOutOfOrder);
    }

    private static byte[] Marked(int ordinal, int milliseconds)
    {
        var audio = Speech.Tone(milliseconds);
        Watermark.Write(audio, ordinal, 0);
        return audio;
    }

    private void Pass(int milliseconds) => _clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
}
