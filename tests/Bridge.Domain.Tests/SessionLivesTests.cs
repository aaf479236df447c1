using Bridge.Domain.Calls;

namespace Bridge.Domain.Tests;

/// <summary>A model that accepts and closes at once is not dialled for ever.</summary>
public sealed class SessionLivesTests
{
    [TestCase("1 1 1", "yes yes no", TestName = "The_third_quick_failure_in_a_row_is_the_last")]
    [TestCase("1 1 5 1 1 1", "yes yes yes yes yes no", TestName = "A_session_that_lived_begins_the_count_anew")]
    [TestCase("4.999 4.999 4.999", "yes yes no", TestName = "Just_under_5_s_is_quick")]
    [TestCase("5 5 5 5", "yes yes yes yes", TestName = "Five_seconds_are_a_life")]
    [TestCase("0 0 0 0", "yes yes no no", TestName = "After_the_third_it_stays_so")]
    public void Is_another_worth_trying(string lives, string answers)
    {
        var sessions = new SessionLives();

        Assert.That(
            string.Join(' ', lives.Split(' ').Select(life => sessions.Lost(TimeSpan.FromSeconds(double.Parse(life))) ? "yes" : "no")),
            Is.EqualTo(answers));
    }
}
