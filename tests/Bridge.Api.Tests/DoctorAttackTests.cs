using Bridge.Api.Doctor;
using Bridge.Api.Doctor.Attacks;
using Bridge.Application.Options;

namespace Bridge.Api.Tests;

/// <summary>Each attack sees the hole it is for, and only a hole.</summary>
[CancelAfter(30_000)]
public sealed class DoctorAttackTests
{
    private static readonly DoctorBounds Patient = new() { Answer = TimeSpan.FromSeconds(5), SlowHeaders = TimeSpan.FromSeconds(6), SlowPace = TimeSpan.FromMilliseconds(50), SilentSocket = TimeSpan.FromSeconds(5) };

    /// <summary>Enough for the door that is shut to put somebody out, and no more: an open one is waited for to the end.</summary>
    private static readonly DoctorBounds Hasty = Patient with { SlowHeaders = TimeSpan.FromSeconds(4), SilentSocket = TimeSpan.FromSeconds(1.5) };

    private static readonly (string Attack, DoctorHole Hole)[] Holes =
    [
        ("unsigned post", DoctorHole.UnsignedPost),
        ("unsigned get", DoctorHole.UnsignedGet),
        ("unsigned action", DoctorHole.UnsignedAction),
        ("made-up signature", DoctorHole.AnySignature),
        ("field changed after signing", DoctorHole.AnySignature),
        ("signature of another path", DoctorHole.AnyPath),
        ("signed URL with a JSON body", DoctorHole.Json),
        ("post repeated", DoctorHole.FreshToken),
        ("X-Forwarded-Host spoofed", DoctorHole.ForwardedHost),
        ("X-Forwarded-Proto spoofed", DoctorHole.ForwardedProto),
        ("X-Forwarded-Port spoofed", DoctorHole.ForwardedPort),
        ("X-Forwarded-Prefix spoofed", DoctorHole.ForwardedPrefix),
        ("X-Original-URL spoofed", DoctorHole.OriginalUrl),
        ("Host spoofed", DoctorHole.HostHeader),
        ("method overridden", DoctorHole.MethodOverride),
        ("huge body", DoctorHole.HugeBody),
        ("huge body in chunks", DoctorHole.HugeBody),
        ("huge headers", DoctorHole.HugeHeaders),
        ("slow headers", DoctorHole.SlowHeaders),
        ("unsigned socket", DoctorHole.UnsignedSocket | DoctorHole.NoToken),
        ("unsigned socket", DoctorHole.UnsignedSocket | DoctorHole.AnyToken),
        ("unsigned socket, right token", DoctorHole.UnsignedSocket),
        ("socket signed as https", DoctorHole.HttpsSocket),
        ("socket of a web page", DoctorHole.ForeignOrigin),
        ("no token", DoctorHole.NoToken),
        ("made-up token", DoctorHole.AnyToken),
        ("altered token", DoctorHole.LaxToken),
        ("altered token", DoctorHole.LaxLastCharacter),
        ("compression offered", DoctorHole.Compression),
        ("replayed token, stream open", DoctorHole.ReplayWhileOpen | DoctorHole.ReplayWhenOver),
        ("replayed token, stream over", DoctorHole.ReplayWhenOver),
        ("huge message", DoctorHole.HugeMessage | DoctorHole.SilentSocket),
        ("silent socket", DoctorHole.SilentSocket),
    ];

    private static IEnumerable<TestCaseData> Rows() => Holes.Select(h => new TestCaseData(h.Attack, h.Hole.ToString()));

    [Test]
    public void Every_attack_has_a_hole_here() => Assert.That(Attack.All.Select(a => a.Name), Is.EqualTo(Holes.Select(h => h.Attack).Distinct()));

    [TestCaseSource(nameof(Rows))]
    public async Task A_hole_is_seen(string attack, string hole, CancellationToken cancel)
    {
        await using var shut = await OpenDoor.StartAsync();
        await using var open = await OpenDoor.StartAsync(Enum.Parse<DoctorHole>(hole));
        var outcomes = await Task.WhenAll(TryAsync(shut, attack, Hasty, cancel), TryAsync(open, attack, Hasty, cancel));

        Assert.That(outcomes.Select(o => o.Verdict), Is.EqualTo(new[] { Verdict.Shut, Verdict.Open }), "the hole alone makes the difference");
    }

    [Test]
    public async Task A_door_that_is_shut_is_seen_shut_by_every_attack(CancellationToken cancel)
    {
        await using var door = await OpenDoor.StartAsync();
        var output = new StringWriter();
        var code = await DoctorCommand.RunAsync(["--attack", door.Address.ToString()], Token(), output, Patient, cancel);

        Assert.That(code, Is.Zero, output.ToString());
        Assert.That(output.ToString(), Does.Contain($"All {Attack.All.Count} are shut."));
        Assert.That(door.Messages, Is.EqualTo(1), "the huge one: nobody says start, so no model is dialled");
    }

    [Test]
    public async Task One_hole_is_enough_for_a_bad_end_and_stands_in_the_table(CancellationToken cancel)
    {
        await using var door = await OpenDoor.StartAsync(DoctorHole.Json);
        var output = new StringWriter();
        var code = await DoctorCommand.RunAsync(["--attack", door.Address.ToString()], Token(), output, Patient, cancel);

        Assert.That(code, Is.EqualTo(1));
        Assert.That(output.ToString(), Does.Match(@"signed URL with a JSON body +415 or 403 +200 +OPEN").And.Match(@"unsigned post +403 +403 +shut"));
    }

    [TestCase(null, "TWILIO_AUTH_TOKEN is not set")]
    [TestCase("another-token", "a right signature gets 403")]
    public async Task Where_no_right_signature_is_accepted_a_refusal_proves_nothing(string? token, string why, CancellationToken cancel)
    {
        await using var door = await OpenDoor.StartAsync();
        var output = new StringWriter();
        var code = await DoctorCommand.RunAsync(["--attack", door.Address.ToString()], Token(token), output, Patient, cancel);

        Assert.That(code, Is.EqualTo(1), "not every hole was tried");
        Assert.That(output.ToString(), Does.Match($@"made-up token +403 +- +not tried: {why}").And.Match(@"unsigned post +403 +403 +shut"));
    }

    [Test]
    public async Task While_the_token_is_changed_the_one_that_is_accepted_signs(CancellationToken cancel)
    {
        await using var door = await OpenDoor.StartAsync();
        using var target = new AttackTarget(door.Address, [new Secret("the-next-token"), new Secret(OpenDoor.AuthToken)], null, Patient);
        var outcomes = await new AttackRun(target).TryAsync([.. Attack.All.Where(a => a.Name == "compression offered")], cancel);

        Assert.That(outcomes.Single().Outcome.Verdict, Is.EqualTo(Verdict.Shut));
    }

    [TestCase("a\u001b[31mb", "a?[31mb")]
    [TestCase("a\u202eb\r\nc", "a?b??c")]
    [TestCase("Zoë", "Zoë")]
    public void What_comes_from_outside_cannot_steer_a_terminal(string text, string shown) => Assert.That(OutsideText.Clean(text), Is.EqualTo(shown));

    private static async Task<Outcome> TryAsync(OpenDoor door, string attack, DoctorBounds bounds, CancellationToken cancel)
    {
        using var target = new AttackTarget(door.Address, [new Secret(OpenDoor.AuthToken)], null, bounds);
        return (await new AttackRun(target).TryAsync([.. Attack.All.Where(a => a.Name == attack)], cancel)).Single().Outcome;
    }

    private static Dictionary<string, string> Token(string? token = OpenDoor.AuthToken) => token is null ? [] : new() { ["TWILIO_AUTH_TOKEN"] = token };
}
