using Bridge.Domain.Playback;
using Bridge.Domain.Transcripts;
using Bridge.Domain.Turns;

namespace Bridge.Domain.Tests;

/// <summary>What a new session is told when the caller cuts an answer of the old one, which it knows only as text.</summary>
public sealed class CorrectionsTests
{
    private const string Words = "one two three four";

    private readonly TestCall _call = TestCall.Active();

    [Test]
    public void Of_an_answer_of_the_lost_session_it_is_told_what_was_really_heard()
    {
        Plays("resp_1", "item_1");
        _call.Replaces();
        _call.Until(500);

        var told = _call.Interrupt();
        Assert.That(told.Corrections, Is.EqualTo(new[] { Turn("item_1", "one two", "three four") }));
        Assert.That(told.Truncations, Is.Empty);
    }

    [Test]
    public void Of_two_in_their_order()
    {
        Plays("resp_1", "item_1");
        Plays("resp_1", "item_2");
        _call.Replaces();
        _call.Until(500);

        Assert.That(_call.Interrupt().Corrections, Is.EqualTo(new[] { Turn("item_1", "one two", "three four"), Turn("item_2", "", Words) }));
    }

    [Test]
    public void Of_what_was_heard_to_its_end_nothing()
    {
        Plays("resp_1", "item_1");
        _call.Replaces();
        Plays("resp_2", "item_2");
        _call.Until(1500);

        Assert.That(_call.Interrupt().Corrections, Is.Empty);
    }

    [Test]
    public void Answers_of_its_own_are_truncated_and_not_corrected()
    {
        Plays("resp_1", "item_1");
        _call.Replaces();
        Plays("resp_2", "item_2");
        _call.Until(500);

        var told = _call.Interrupt();
        Assert.That(told.Corrections.Select(t => t.ItemId), Is.EqualTo(new[] { "item_1" }));
        Assert.That(told.Cuts(), Is.EqualTo(new[] { "item_2.0@0/1000" }));
    }

    [Test]
    public void Without_a_loss_there_are_none()
    {
        Plays("resp_1", "item_1");
        _call.Until(500);

        Assert.That(_call.Interrupt().Corrections, Is.Empty);
        Assert.That(Interruption.None.Corrections, Is.Empty);
    }

    [Test]
    public void An_answer_nobody_wrote_down_has_no_words_to_correct()
    {
        _call.Plays("resp_1", "item_1", 1000);
        _call.Replaces();

        Assert.That(_call.Interrupt().Corrections, Is.Empty);
    }

    [Test]
    public void An_item_of_two_contents_is_one_turn()
    {
        Plays("resp_1", "item_1");
        _call.Plays("resp_1", "item_1", 1000, content: 1);
        _call.Call.Transcript.Complete(new ItemKey("item_1", 1), Speaker.Assistant, "five six");
        _call.Replaces();
        _call.Until(500);

        Assert.That(_call.Interrupt().Corrections, Is.EqualTo(new[] { Turn("item_1", "one two", "three four five six") }));
    }

    [Test]
    public void What_a_line_that_is_stuck_cuts_short_is_corrected_as_well()
    {
        Plays("resp_1", "item_1");
        _call.Replaces();
        _call.Until(500);

        Assert.That(_call.Call.CutShort(_call.Now).Corrections, Has.Count.EqualTo(1));
    }

    private void Plays(string response, string item)
    {
        _call.Plays(response, item, 1000);
        _call.Call.Transcript.Complete(item, Speaker.Assistant, Words);
        _call.Finishes(item);
    }

    private static TranscriptTurn Turn(string item, string heard, string unheard) => new(item, Speaker.Assistant, heard, unheard);
}
