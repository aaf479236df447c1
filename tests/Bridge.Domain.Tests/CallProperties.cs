using Bridge.Domain.Tests.Line;
using CsCheck;

namespace Bridge.Domain.Tests;

/// <summary>
/// What the model is told of an interruption is what the caller heard, whatever happens: 100,000 random histories of a call a
/// run, over a line with delays, against a play-out buffer that knows the truth. A failure prints its seed and the history,
/// made as short as it can be.
/// </summary>
public sealed class CallProperties
{
    [Test]
    public void On_a_line_of_any_constant_delay_the_model_is_told_what_was_heard_to_20_ms() => Check(History.OnAConstantLine, 50_000);

    [Test]
    public void Marks_held_back_at_random_change_nothing_of_that_at_p99_and_never_more_than_they_were_held() =>
        Check(History.WithMarksHeldBack, 25_000);

    [Test]
    public void On_an_unsteady_line_the_model_is_told_what_was_heard_to_20_ms_and_the_jitter() => Check(History.OnAnUnsteadyLine, 25_000);

    private static void Check(Gen<History> histories, int count)
    {
        var tally = new Tally();
        histories.Sample(history => CallOnALine.Run(history, tally), iter: count);

        Assert.That(tally.Told, Is.GreaterThan(count / 2), "the histories are worth the time");
        Assert.That(tally.ShareOff, Is.LessThanOrEqualTo(0.01), "positions told that are off by more than 20 ms and the jitter");
    }
}
