using Bridge.Domain.Turns;

namespace Bridge.Domain.Tests;

/// <summary>
/// One response at a time. What happens, word by word: "ask" we want one, "+1" a response begins that answers request 1, "+m" one the
/// model began by itself, "-" the active one ends, "busy1" request 1 is refused because another is active, "fail1" it fails,
/// "!" the caller speaks, "~" stops, "new" another session. What is sent then: "1" request 1, "." nothing, "x" the orphan is cancelled.
/// </summary>
public sealed class ResponseArbiterTests
{
    private readonly ResponseArbiter _arbiter = new();
    private int _responses;

    [TestCase("ask", "1", TestName = "Idle_a_request_is_sent_at_once")]
    [TestCase("ask ask", "1 .", TestName = "Asked_another_request_waits")]
    [TestCase("ask +1 ask", "1 . .", TestName = "Active_a_request_waits")]
    [TestCase("+m ask", ". .", TestName = "Active_by_the_model_itself_a_request_waits")]
    [TestCase("ask +1 ask -", "1 . . 2", TestName = "Active_then_ended_the_waiting_request_is_sent")]
    [TestCase("ask +1 ask ask - +2 -", "1 . . . 2 . 3", TestName = "Those_that_wait_are_sent_one_by_one_in_their_order")]
    [TestCase("ask +1 -", "1 . .", TestName = "Ended_with_nothing_waiting_nothing_is_sent")]
    [TestCase("ask +m -", "1 . .", TestName = "A_response_the_model_began_does_not_answer_a_request_under_way")]
    [TestCase("ask +m busy1 -", "1 . . 1", TestName = "Refused_while_another_is_active_it_is_sent_again_once_after_its_end")]
    [TestCase("ask +m - busy1", "1 . . 1", TestName = "Refused_after_the_other_ended_it_is_sent_again_at_once")]
    [TestCase("ask +m busy1 - +1 -", "1 . . 1 . .", TestName = "Sent_again_and_answered_it_is_not_sent_a_third_time")]
    [TestCase("ask +m busy1 ask -", "1 . . . 1", TestName = "A_refused_request_keeps_its_turn")]
    [TestCase("ask +m busy1 - +m busy1 - +m busy1 -", "1 . . 1 . . 1 . . .", TestName = "Refused_three_times_it_is_given_up")]
    [TestCase("ask busy1 busy1 +m - busy1 ask", "1 1 . . 1 . 2", TestName = "Given_up_it_does_not_keep_others_waiting")]
    [TestCase("ask fail1 ask", "1 . 2", TestName = "A_request_that_failed_with_no_response_leaves_nothing_stuck")]
    [TestCase("ask ask fail1", "1 . 2", TestName = "A_failure_lets_the_next_go")]
    [TestCase("ask fail7 ask", "1 . .", TestName = "The_failure_of_another_command_is_not_the_requests")]
    [TestCase("ask busy7 ask", "1 . .", TestName = "The_refusal_of_another_command_is_not_the_requests")]
    [TestCase("busy1", ".", TestName = "Idle_a_refusal_of_nothing_is_passed_over")]
    [TestCase("fail1", ".", TestName = "Idle_a_failure_of_nothing_is_passed_over")]
    [TestCase("ask +1 busy1 ask -", "1 . . . 2", TestName = "An_answered_request_cannot_be_refused_afterwards")]
    [TestCase("ask ! +1", "1 . x", TestName = "Asked_then_the_caller_speaks_its_response_is_an_orphan")]
    [TestCase("ask ! +m", "1 . .", TestName = "The_models_own_response_to_the_caller_is_no_orphan")]
    [TestCase("ask ! +1 - ~ ask", "1 . x . . 2", TestName = "After_an_orphan_all_is_as_before")]
    [TestCase("ask ! +1 - ~ ask +2", "1 . x . . 2 .", TestName = "The_response_after_an_orphan_is_none")]
    [TestCase("ask ! busy1 ~ ask", "1 . . . 2", TestName = "An_orphan_that_is_refused_is_not_sent_again")]
    [TestCase("ask ! fail1 ~ ask +2", "1 . . . 2 .", TestName = "An_orphan_that_failed_makes_no_orphan_of_the_next")]
    [TestCase("ask +1 ! -", "1 . . .", TestName = "A_response_that_began_before_the_caller_spoke_is_no_orphan")]
    [TestCase("! ask ~ +m -", ". . . . 1", TestName = "What_is_asked_for_while_the_caller_speaks_waits_for_the_models_own_answer")]
    [TestCase("ask +m busy1 ! - ~ +m -", "1 . . . . . . .", TestName = "What_waited_when_the_caller_spoke_is_not_asked_for_any_more")]
    [TestCase("ask +m busy -", "1 . . 1", TestName = "A_refusal_that_names_no_request_is_about_the_one_asked_for")]
    [TestCase("ask +m - +m - ask", "1 . . . . 2", TestName = "A_request_that_is_never_answered_does_not_hold_up_the_next_for_ever")]
    [TestCase("ask new", "1 1", TestName = "Of_a_new_session_what_was_not_answered_is_asked_for_again")]
    [TestCase("ask +1 new", "1 . .", TestName = "Of_a_new_session_what_was_begun_is_not_asked_for_again")]
    [TestCase("+m ask ask new", ". . . 1", TestName = "Of_a_new_session_what_waited_is_asked_for_in_its_order")]
    [TestCase("ask ! new ask", "1 . . 2", TestName = "Of_a_new_session_an_orphan_is_not_asked_for")]
    [TestCase("ask +1 again -", "1 . . 2", TestName = "Again_what_failed_goes_as_soon_as_none_is_active")]
    [TestCase("ask +1 ask again -", "1 . . . 3", TestName = "Again_what_failed_goes_before_what_waited")]
    [TestCase("ask instead", "1 2", TestName = "Instead_of_a_request_that_never_begins_another_is_sent_at_once")]
    [TestCase("ask +1 ask instead", "1 . . 3", TestName = "Instead_of_the_active_one_another_is_sent_before_what_waited")]
    [TestCase("ask +1 ask instead +3 -", "1 . . 3 . 2", TestName = "Instead_of_the_active_one_then_what_waited_has_its_turn")]
    [TestCase("ask +1 instead busy2 busy2 -", "1 . 2 2 . 2", TestName = "Instead_crossing_the_cancel_it_is_refused_and_sent_again_after_the_end")]
    [TestCase("! instead ~ +m -", ". . . . 1", TestName = "Instead_while_the_caller_speaks_it_waits_for_the_models_own_answer")]
    [TestCase("ask new!", "1 2", TestName = "Of_a_new_session_what_was_cut_is_asked_for_first")]
    [TestCase("ask new! +2 -", "1 2 . 1", TestName = "Of_a_new_session_what_was_not_answered_is_asked_for_after_what_was_cut")]
    public void Transition(string history, string sent) =>
        Assert.That(string.Join(' ', history.Split(' ').Select(Take)), Is.EqualTo(sent));

    [Test]
    public void The_end_of_another_response_than_the_active_one_lets_nothing_go()
    {
        _arbiter.Started("r1", null);
        _arbiter.Ask(null);

        Assert.That(_arbiter.Finished("r0"), Is.Null);
        Assert.That(_arbiter.Active, Is.EqualTo("r1"));
    }

    [Test]
    public void A_response_whose_end_never_came_is_forgotten_when_the_next_begins_and_ends()
    {
        _arbiter.Started("r1", null);
        _arbiter.Ask(null);
        _arbiter.Started("r2", null);

        Assert.That(_arbiter.Finished("r2"), Is.Not.Null);
    }

    [Test]
    public void A_request_keeps_its_number_and_its_prompt_when_it_is_made_again()
    {
        var first = _arbiter.Ask("greet the caller");
        _arbiter.Started("r1", null);
        _arbiter.Refused(1);

        Assert.That(_arbiter.Finished("r1"), Is.EqualTo(first));
    }

    [Test]
    public void It_knows_which_request_is_under_way_and_which_is_answered()
    {
        Assert.That(_arbiter.Pending, Is.False);
        var request = _arbiter.Ask("greet");
        Assert.That((_arbiter.Asked, _arbiter.Answering, _arbiter.Pending), Is.EqualTo((request, (ResponseRequest?)null, true)));
        _arbiter.Started("r1", 1);
        Assert.That((_arbiter.Asked, _arbiter.Answering, _arbiter.Pending), Is.EqualTo(((ResponseRequest?)null, request, true)));
        _arbiter.Finished("r1");
        Assert.That((_arbiter.Asked, _arbiter.Answering, _arbiter.Pending), Is.EqualTo(((ResponseRequest?)null, (ResponseRequest?)null, false)));
    }

    [Test]
    public void A_response_the_model_began_by_itself_answers_no_request()
    {
        _arbiter.Ask("greet");
        _arbiter.Started("r1", null);

        Assert.That(_arbiter.Answering, Is.Null);
        Assert.That(_arbiter.Asked?.Prompt, Is.EqualTo("greet"));
    }

    [Test]
    public void What_waits_while_the_caller_speaks_is_pending()
    {
        _arbiter.CallerStartedSpeaking();
        _arbiter.Ask(null);

        Assert.That((_arbiter.CallerSpeaks, _arbiter.Pending), Is.EqualTo((true, true)));
    }

    private string Take(string step)
    {
        int? number = int.TryParse(step[^1..], out var n) ? n : null;
        var request = step.TrimEnd('1', '2', '3', '7') switch
        {
            "ask" => _arbiter.Ask(null),
            "-" => _arbiter.Finished(_arbiter.Active!),
            "busy" => _arbiter.Refused(number),
            "fail" => _arbiter.Failed(number),
            "again" => Again(),
            "instead" => _arbiter.InsteadOfActive(null),
            "new" => _arbiter.Reset(null, "anew"),
            "new!" => _arbiter.Reset("take it up", "anew"),
            "!" => CallerSpeaks(),
            "~" => CallerStops(),
            _ => null,
        };
        if (step[0] == '+' && _arbiter.Started($"r{++_responses}", number))
            return "x";
        return request?.Number.ToString() ?? ".";
    }

    private ResponseRequest? Again()
    {
        _arbiter.Again(null, audioOnly: false);
        return null;
    }

    private ResponseRequest? CallerStops()
    {
        _arbiter.CallerStoppedSpeaking();
        return null;
    }

    private ResponseRequest? CallerSpeaks()
    {
        _arbiter.CallerStartedSpeaking();
        return null;
    }
}
