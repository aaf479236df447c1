using Bridge.Simulator.Attacks;
using Bridge.Simulator.Caller;
using Bridge.Simulator.Model;

namespace Bridge.Api.Tests.Security;

/// <summary>E6, E7, B10: a token opens one stream, of one call, once, in time. Every handshake here has a right signature.</summary>
[CancelAfter(30_000)]
public sealed class StreamTokenTests
{
    private const string OldKey = "an-old-key-of-more-than-32-characters", NewKey = "a-new-key-of-more-than-32-characters-";

    [Test, Category("E6")]
    public async Task A_token_that_is_not_to_the_letter_ours_is_refused(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        var call = await bridge.PlaceAsync(cancel);
        var token = call.Token;
        var parts = token.Split('.');
        Assert.That(parts, Has.Length.EqualTo(4));
        Assert.That(token, Does.Match("^v1\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$"), "a path can hold it as it is");
        var wrong = new List<string>
        {
            "", "/", ".", "...", "v1", "v1...", token[..^1], token[1..], token + "A", token + ".", token + "=", "." + token, token.ToUpperInvariant(), token + "/" + token, token.Replace('.', '_'),
            $"v0.{parts[1]}.{parts[2]}.{parts[3]}", $"v2.{parts[1]}.{parts[2]}.{parts[3]}", $"V1.{parts[1]}.{parts[2]}.{parts[3]}", $"none.{parts[1]}.{parts[2]}.{parts[3]}",
            $"v1.other.{parts[2]}.{parts[3]}", $"v1..{parts[2]}.{parts[3]}", $"v1.{parts[1]}.{parts[2]}.", $"v1.{parts[1]}..{parts[3]}", $"v1.{parts[1]}.{parts[3]}.{parts[2]}",
            $"v1.{parts[1]}.{parts[2]}", $"v1.{parts[1]}.{parts[2]}.{parts[3]}.{parts[3]}", "%EF%BD%96" + token[1..], token + "%00", token + "%0d%0a",
            $"v1.{parts[1]}.{parts[2]}.{Convert.ToHexStringLower(new byte[32])}", "v1." + new string('A', 5000),
        };
        for (var at = 3; at < token.Length; at += 7)
            wrong.Add(string.Concat(token.AsSpan(0, at), token[at] == 'x' ? "y" : "x", token.AsSpan(at + 1)));
        foreach (var one in wrong)
            Assert.That(await bridge.StatusAsync(bridge.GenuineHandshake("/media-stream/" + one), cancel), Is.AnyOf(403, 404, 400, 426), one);

        Assert.That(bridge.Model.Dials, Is.Empty);
        await using var stream = await bridge.OpenAsync(call, cancel);
    }

    [Test, Category("E6")]
    public async Task Letters_that_only_look_like_ours_are_refused(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        var call = await bridge.PlaceAsync(cancel);

        // The first letter in another script, as bytes, which HTTP does not allow and some servers take.
        Assert.That(await bridge.StatusAsync(bridge.GenuineHandshake("/media-stream/\u0475" + call.Token[1..]), cancel), Is.AnyOf(400, 403));
        Assert.That(bridge.Model.Dials, Is.Empty);
    }

    [Test, Category("E6"), Category("B11")]
    public async Task A_token_that_nobody_used_in_a_minute_is_dead_and_its_place_free(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync(variables: new() { ["MAX_CONCURRENT_CALLS"] = "1" });
        var call = await bridge.PlaceAsync(cancel);
        Assert.That(await bridge.CallAsync(), Has.Property("Twiml").Property("Kind").EqualTo(TwimlKind.Reject), "the only place is promised");
        bridge.Clock.Advance(TimeSpan.FromSeconds(61));

        Assert.That(await bridge.StatusAsync(call.Handshake, cancel), Is.EqualTo(403));
        bridge.NobodyGotIn();
        await using var next = await bridge.CallAsync();
        Assert.That(next.Twiml.Kind, Is.EqualTo(TwimlKind.Connect));
    }

    [Test, Category("E6"), Category("B10")]
    public async Task A_second_socket_of_a_live_call_is_refused_and_the_first_goes_on(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync(new() { Greeting = ModelAnswer.Tones(200) });
        await using var caller = await bridge.CallAsync();
        var handshake = bridge.GenuineHandshake(caller.Twiml.StreamUrl!.AbsolutePath);

        Assert.That(await bridge.StatusAsync(handshake, cancel), Is.EqualTo(409));
        var again = await OverheardCall.PlaceAsync(bridge.Caller with { CallSid = caller.CallSid }, cancel);
        Assert.That(again.StreamUrl, Is.EqualTo(caller.Twiml.StreamUrlAsWritten), "the same answer");
        Assert.That(await bridge.StatusAsync(again.Handshake, cancel), Is.EqualTo(409));
        await caller.WaitForMediaAsync(1600, cancel);
        Assert.That(bridge.Model.Dials, Has.Count.EqualTo(1));

        await caller.HangUpAsync(cancel);
        await bridge.EmptyAsync(cancel);
        Assert.That(await bridge.StatusAsync(handshake, cancel), Is.EqualTo(409), "and what is over stays over");
        Assert.That(bridge.Model.Dials, Has.Count.EqualTo(1));
    }

    [Test, Category("E7")]
    public async Task Of_a_hundred_sockets_at_once_with_one_token_exactly_one_is_opened(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        var call = await bridge.PlaceAsync(cancel);
        var all = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => RawMediaStream.TryOpenAsync(bridge.Address, call.Handshake, cancel))));

        Assert.That(all.Count(one => one.Answer?.Status == 101), Is.EqualTo(1));
        Assert.That(all.Count(one => one.Answer?.Status == 409), Is.EqualTo(99));
        Assert.That(bridge.Registry().Active, Is.EqualTo(1));
        foreach (var one in all.Where(one => one.Stream is not null))
            await one.Stream!.DisposeAsync();
    }

    [TestCase(NewKey + "," + OldKey, NewKey, 101)]
    [TestCase(OldKey, NewKey + "," + OldKey, 101)]
    [TestCase(OldKey, NewKey, 403)]
    [Category("E6")]
    public async Task A_token_of_another_replica_holds_if_they_share_its_key(string issuer, string taker, int status, CancellationToken cancel)
    {
        await using var one = await BridgeHost.StartGuardedAsync(variables: new() { ["STREAM_TOKEN_KEYS"] = issuer, ["REPLICAS"] = "2" });
        await using var other = await BridgeHost.StartGuardedAsync(variables: new() { ["STREAM_TOKEN_KEYS"] = taker, ["REPLICAS"] = "2" }, clock: one.Clock);
        var call = await one.PlaceAsync(cancel);

        Assert.That(await other.StatusAsync(call.Handshake, cancel), Is.EqualTo(status));
    }
}
