using Bridge.Domain.Playback;
using Bridge.Domain.Turns;

namespace Bridge.Domain.Tests;

public sealed class AssistantTurnTests
{
    // What happens, word by word: "+1" response 1 starts, "-1" it ends, "!" the caller interrupts, "a1" its audio comes.
    [TestCase("", "a1", true, TestName = "Idle_audio_that_was_not_announced_starts_its_response")]
    [TestCase("+1", "a1", true, TestName = "Speaking_audio_is_heard")]
    [TestCase("+1 !", "a1", false, TestName = "Cut_audio_is_dropped")]
    [TestCase("a1 !", "a1", false, TestName = "Cut_a_response_known_only_by_its_audio_is_dropped")]
    [TestCase("!", "a1", true, TestName = "Idle_an_interruption_cuts_nothing")]
    [TestCase("+1 -1 !", "a2", true, TestName = "Idle_again_an_interruption_cuts_nothing_of_the_next_response")]
    [TestCase("+1 ! !", "a1", false, TestName = "Cut_a_second_interruption_changes_nothing")]
    [TestCase("+1 ! +1", "a1", false, TestName = "Cut_a_late_start_of_the_same_response_does_not_revive_it")]
    [TestCase("+1 ! +2", "a2", true, TestName = "Cut_the_next_response_is_heard")]
    [TestCase("+1 ! +2", "a1", false, TestName = "Cut_the_old_response_stays_silent_while_the_next_speaks")]
    [TestCase("+1 ! +2 !", "a1", false, TestName = "Two_responses_cut_in_a_row_the_first_stays_silent")]
    [TestCase("+1 ! +2 !", "a2", false, TestName = "Two_responses_cut_in_a_row_the_second_is_silent_too")]
    [TestCase("+1 ! +2 ! -1", "a2", false, TestName = "The_end_of_one_cut_response_does_not_free_the_other")]
    [TestCase("+1 ! a1 !", "a2", true, TestName = "Audio_that_was_dropped_does_not_speak")]
    [TestCase("+1 ! -1", "a1", false, TestName = "Late_audio_of_a_response_that_is_over_is_dropped")]
    [TestCase("+1 -1", "a1", false, TestName = "Late_audio_of_a_response_that_was_heard_is_dropped")]
    [TestCase("+1 a1", "a2", false, TestName = "While_one_speaks_no_other_is_heard")]
    [TestCase("+1 ! -1", "a2", true, TestName = "A_cut_lasts_until_that_responses_end_and_no_longer")]
    [TestCase("+2 -1 !", "a2", false, TestName = "The_end_of_another_response_does_not_end_the_one_speaking")]
    public void Transition(string history, string audio, bool heard)
    {
        var turn = new AssistantTurn();
        foreach (var step in history.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            Take(turn, step);

        Assert.That(Take(turn, audio), Is.EqualTo(heard));
    }

    [Test]
    public void It_is_speaking_from_a_responses_start_to_its_end()
    {
        var turn = new AssistantTurn();
        Assert.That(turn.Speaking, Is.Null);
        turn.Started("r1");
        Assert.That(turn.Speaking, Is.EqualTo("r1"));
        turn.Finished("r1");
        Assert.That(turn.Speaking, Is.Null);
    }

    [Test]
    public void A_cut_response_does_not_speak_again_however_late_its_start_is_told()
    {
        var turn = new AssistantTurn();
        turn.Started("r1");
        turn.Cut();
        turn.Started("r1");

        Assert.That(turn.Speaking, Is.Null);
    }

    [Test]
    public void Of_an_item_of_a_cut_response_the_model_is_told_once()
    {
        var turn = new AssistantTurn();
        turn.Told(new ItemKey("item_1", 0));

        Assert.That(turn.IsNews(new ItemKey("item_1", 0)), Is.False);
        Assert.That(turn.IsNews(new ItemKey("item_1", 1)), Is.True, "another content of it");
        Assert.That(turn.IsNews(new ItemKey("item_2", 0)), Is.True);
        Assert.That(turn.IsNews(new ItemKey("item_2", 0)), Is.False);
    }

    [Test]
    public void Nothing_is_remembered_of_items_once_no_response_is_cut()
    {
        var turn = new AssistantTurn();
        turn.Started("r1");
        turn.Cut();
        turn.Told(new ItemKey("item_1", 0));
        turn.Finished("r1");

        Assert.That(turn.IsNews(new ItemKey("item_1", 0)), Is.True);
    }

    [Test]
    public void Of_a_response_that_was_dropped_no_more_is_heard_and_what_was_sent_is_told_once()
    {
        var turn = new AssistantTurn();
        turn.MayBeHeard("r1");
        turn.Sent(new ItemKey("item_2", 0), 800);
        turn.Sent(new ItemKey("item_2", 0), 800);
        turn.Drop("r1");

        Assert.That(turn.MayBeHeard("r1"), Is.False);
        Assert.That(turn.IsCut("r1"), Is.True);
        Assert.That(turn.SentOf(new ItemKey("item_2", 0)), Is.EqualTo(1600));
        Assert.That(turn.IsNews(new ItemKey("item_2", 0)), Is.True);
        Assert.That(turn.IsNews(new ItemKey("item_2", 0)), Is.False);
        Assert.That(turn.Speaking, Is.Null);
    }

    [Test]
    public void It_is_forgotten_at_its_end()
    {
        var turn = new AssistantTurn();
        turn.Started("r1");
        turn.Drop("r1");
        turn.Finished("r1");

        Assert.That(turn.IsCut("r1"), Is.False);
        Assert.That(turn.IsNews(new ItemKey("item_1", 0)), Is.True);
    }

    [Test]
    public void A_response_has_spoken_when_audio_of_it_was_let_through_and_not_before()
    {
        var turn = new AssistantTurn();
        turn.Started("r1");
        Assert.That(turn.HasSpoken("r1"), Is.False);
        turn.Cut();
        turn.MayBeHeard("r1");
        Assert.That(turn.HasSpoken("r1"), Is.False, "it was cut before");

        turn.MayBeHeard("r2");
        Assert.That((turn.HasSpoken("r1"), turn.HasSpoken("r2")), Is.EqualTo((false, true)));
    }

    private static bool Take(AssistantTurn turn, string step)
    {
        var response = "r" + step[1..];
        switch (step[0])
        {
            case '+':
                turn.Started(response);
                return false;
            case '-':
                turn.Finished(response);
                return false;
            case 'a':
                return turn.MayBeHeard(response);
            default:
                turn.Cut();
                return false;
        }
    }
}
