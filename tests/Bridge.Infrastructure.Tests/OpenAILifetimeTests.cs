namespace Bridge.Infrastructure.Tests;

/// <summary>How long a session may live: the wall clocks are compared once, and what they make of it is never more than an hour.</summary>
public sealed class OpenAILifetimeTests
{
    private readonly OpenAITestSession _session = new();

    [TearDown]
    public async Task TearDown() => await _session.DisposeAsync();

    [TestCase(1, 1)]
    [TestCase(20, 20)]
    [TestCase(1800, 1800)]
    [TestCase(3599, 3599)]
    [TestCase(3600, 3600)]
    public async Task A_session_lives_until_it_expires(int expiresIn, int seconds) => Assert.That(await LifetimeAsync(expiresIn), Is.EqualTo(TimeSpan.FromSeconds(seconds)));

    [TestCase(0, Description = "its clock is an hour behind ours")]
    [TestCase(7200, Description = "its clock is an hour ahead of ours")]
    [TestCase(3601)]
    [TestCase(-1)]
    [TestCase(-1_000_000_000)]
    [TestCase(90_000_000_000)]
    public async Task A_session_whose_end_is_absurd_lives_an_hour(long expiresIn) => Assert.That(await LifetimeAsync(expiresIn), Is.EqualTo(TimeSpan.FromHours(1)));

    [Test]
    public async Task An_end_that_is_told_in_milliseconds_is_absurd_too()
    {
        await _session.ConfigureAsync([], $",\"expires_at\":{_session.Time.GetUtcNow().AddHours(1).ToUnixTimeMilliseconds()}");

        Assert.That(_session.Session.Lifetime, Is.EqualTo(TimeSpan.FromHours(1)));
    }

    [TestCase("")]
    [TestCase(",\"expires_at\":null")]
    [TestCase(",\"expires_at\":\"soon\"")]
    [TestCase(",\"expires_at\":{}")]
    public async Task A_session_that_tells_no_end_has_none(string fields)
    {
        await _session.ConfigureAsync([], fields);

        Assert.That(_session.Session.Lifetime, Is.Null);
    }

    [TestCase(1)]
    [TestCase(-1)]
    public async Task A_wall_clock_that_jumps_afterwards_changes_nothing(int hours)
    {
        var configuring = await _session.BeginAsync([], $",\"expires_at\":{_session.Time.GetUtcNow().ToUnixTimeSeconds() + 20}");
        _session.Time.AdjustTime(_session.Time.GetUtcNow().AddHours(hours));
        await _session.Sockets.FarSendsAsync(OpenAITestSession.Updated.Replace("\"id\":\"sess_1\"", "\"id\":\"sess_1\",\"expires_at\":1"));
        await configuring;

        Assert.That(_session.Session.Lifetime, Is.EqualTo(TimeSpan.FromSeconds(20)));
        _session.Time.AdjustTime(_session.Time.GetUtcNow().AddHours(hours));
        Assert.That(_session.Session.Lifetime, Is.EqualTo(TimeSpan.FromSeconds(20)));
    }

    private async Task<TimeSpan?> LifetimeAsync(long expiresIn)
    {
        await _session.ConfigureAsync([], $",\"expires_at\":{_session.Time.GetUtcNow().ToUnixTimeSeconds() + expiresIn}");
        return _session.Session.Lifetime;
    }
}
