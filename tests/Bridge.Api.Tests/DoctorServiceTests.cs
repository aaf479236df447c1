using Bridge.Api.Doctor;
using Bridge.Api.Doctor.Attacks;
using Bridge.Application.Options;

namespace Bridge.Api.Tests;

/// <summary><c>doctor --attack</c> on this service: all shut, and red when a check is taken out.</summary>
[CancelAfter(60_000)]
public sealed class DoctorServiceTests
{
    /// <summary>Enough for the short limits of these tests to be seen at work, so that it is the missing limit that is found.</summary>
    private static readonly DoctorBounds Hasty = new() { SlowHeaders = TimeSpan.FromSeconds(4), SlowPace = TimeSpan.FromMilliseconds(50), SilentSocket = TimeSpan.FromSeconds(2) };

    [Test]
    public async Task Every_hole_is_shut_and_no_model_is_dialled(CancellationToken cancel)
    {
        await using var bridge = await DoctorHost.StartAsync();
        var output = new StringWriter();
        var code = await DoctorCommand.RunAsync(["--attack", bridge.Address.ToString()], DoctorHost.Variables(bridge), output, cancel);

        Assert.That(code, Is.Zero, output.ToString());
        Assert.That(output.ToString(), Does.Contain($"All {Attack.All.Count} are shut."));
        Assert.That(bridge.Model.Dials, Is.Empty);
        Assert.That(output.ToString(), Does.Not.Contain("canary").And.Not.Contain("v1."), "no secret, no token");
    }

    [TestCase("TWILIO_VALIDATE_SIGNATURES", "on", "off", "unsigned post", "unsigned get", "unsigned action", "made-up signature", "field changed after signing", "signature of another path", "X-Forwarded-Host spoofed", "X-Forwarded-Proto spoofed", "X-Forwarded-Port spoofed", "X-Forwarded-Prefix spoofed", "X-Original-URL spoofed", "Host spoofed", "method overridden", "unsigned socket, right token", "socket signed as https")]
    [TestCase("Server:Limits:BodyBytes", "65536", "1000000", "huge body", "huge body in chunks")]
    [TestCase("Server:Limits:HeaderBytes", "16384", "100000", "huge headers")]
    [TestCase("Server:Limits:HeaderTimeout", "00:00:00.5", "00:01:00", "slow headers")]
    [TestCase("Bridge:HandshakeTimeout", "00:00:00.5", "00:01:00", "silent socket")]
    [TestCase("MediaStream:MaxMessageBytes", "16384", "65536", "huge message")]
    public async Task A_check_that_is_taken_out_is_seen(string setting, string inPlace, string takenOut, params string[] attacks)
    {
        var outcomes = await Task.WhenAll(TryAsync(setting, inPlace, attacks), TryAsync(setting, takenOut, attacks));

        Assert.That(outcomes[0], Is.EqualTo(attacks.Select(a => (a, Verdict.Shut))), $"{setting}={inPlace}");
        Assert.That(outcomes[1], Is.EqualTo(attacks.Select(a => (a, Verdict.Open))), $"{setting}={takenOut}");
    }

    private static async Task<IEnumerable<(string, Verdict)>> TryAsync(string setting, string value, string[] attacks)
    {
        var isVariable = !setting.Contains(':', StringComparison.Ordinal);
        await using var bridge = await DoctorHost.StartAsync(
            isVariable ? new() { [setting] = value } : null,
            customize: b =>
            {
                if (!isVariable)
                    b.Configuration[setting] = value;
                // A body of one huge field: the limit of a field would hide that of the body.
                if (setting == "Server:Limits:BodyBytes")
                    b.Configuration["Server:Limits:FieldBytes"] = "1000000";
                // Who never says start is put out in the end.
                if (setting == "MediaStream:MaxMessageBytes")
                    b.Configuration["Bridge:HandshakeTimeout"] = "00:01:00";
            });
        using var target = new AttackTarget(bridge.Address, [new Secret(DoctorHost.AuthToken)], null, Hasty);
        var outcomes = await new AttackRun(target).TryAsync([.. Attack.All.Where(a => attacks.Contains(a.Name))], CancellationToken.None);
        return outcomes.Select(o => (o.Attack.Name, o.Outcome.Verdict));
    }
}
