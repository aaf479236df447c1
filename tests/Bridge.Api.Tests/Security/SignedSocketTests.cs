using Bridge.Simulator.Attacks;

namespace Bridge.Api.Tests.Security;

/// <summary>E5, E8: a socket is refused before it is one, and the model knows nothing of it.</summary>
[CancelAfter(30_000)]
public sealed class SignedSocketTests
{
    [Test, Category("E5")]
    public async Task A_handshake_that_Twilio_did_not_sign_for_this_address_is_refused_and_costs_the_call_nothing(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        var call = await bridge.PlaceAsync(cancel);
        var (path, bare, token) = (call.StreamPath, RawRequest.Handshake(call.PublicUrl, call.StreamPath), bridge.AuthToken());
        var wrong = new Dictionary<string, RawRequest>
        {
            ["unsigned"] = bare,
            ["empty"] = bare.With("X-Twilio-Signature", ""),
            ["signed as https"] = bare.SignedWith(token, $"https://bridge.test{path}"),
            ["signed as http"] = bare.SignedWith(token, $"http://bridge.test{path}"),
            ["signed as ws"] = bare.SignedWith(token, $"ws://bridge.test{path}"),
            ["signed for port 80"] = bare.SignedWith(token, $"wss://bridge.test:80{path}"),
            ["signed for another path"] = bare.SignedWith(token, "wss://bridge.test/media-stream"),
            ["signed for another host"] = bare.SignedWith(token, $"wss://attacker.test{path}").Instead("Host", "attacker.test").With("X-Forwarded-Host", "attacker.test"),
            ["signed with another token"] = bare.SignedWith("another", call.StreamUrl),
            ["signed with no token"] = bare.SignedWith("", call.StreamUrl),
            ["signed with fields"] = bare.SignedWith(token, call.StreamUrl, call.Form),
            ["the webhook's signature"] = bare.With("X-Twilio-Signature", call.WebhookSignature),
            ["two signatures, the first wrong"] = call.Handshake with { Headers = [new("X-Twilio-Signature", "AAAA"), .. call.Handshake.Headers] },
            ["a foreign origin"] = call.Handshake.With("Origin", "https://attacker.test"),
            ["an origin without a name"] = call.Handshake.With("Origin", "null"),
            ["with a query"] = call.Handshake with { Target = path + "?a=b" },
        };
        foreach (var (name, request) in wrong)
            Assert.That(await bridge.StatusAsync(request, cancel), Is.EqualTo(403), name);

        Assert.That(bridge.Model.Dials, Is.Empty);
        Assert.That(bridge.Registry().Active, Is.Zero);
        await using var stream = await bridge.OpenAsync(call, cancel);
    }

    [TestCase("wss://bridge.test{0}")]
    [TestCase("wss://bridge.test{0}/")]
    [TestCase("wss://bridge.test:443{0}")]
    [TestCase("wss://bridge.test:443{0}/")]
    [Category("E5")]
    public async Task The_forms_in_which_Twilio_signs_a_socket_are_all_taken(string form, CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        var call = await bridge.PlaceAsync(cancel);
        var request = RawRequest.Handshake(call.PublicUrl, call.StreamPath).SignedWith(bridge.AuthToken(), string.Format(null, form, call.StreamPath));

        Assert.That(await bridge.StatusAsync(request, cancel), Is.EqualTo(101));
    }

    [Test, Category("E8")]
    public async Task Behind_a_proxy_that_rewrites_everything_a_genuine_socket_is_taken(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        var call = await bridge.PlaceAsync(cancel);
        var request = call.Handshake.Instead("Host", "10.0.0.7:8000").With("X-Forwarded-Host", "elsewhere.test").With("X-Forwarded-Proto", "http").With("X-Forwarded-Port", "80");

        Assert.That(await bridge.StatusAsync(request, cancel), Is.EqualTo(101));
    }

    [Test, Category("E9")]
    public async Task Compression_that_is_offered_is_never_agreed(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        var call = await bridge.PlaceAsync(cancel);
        var (answer, stream) = await RawMediaStream.TryOpenAsync(bridge.Address, call.Handshake.With("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"), cancel);
        await using (stream)
        {
            Assert.That(answer?.Status, Is.EqualTo(101));
            Assert.That(answer?.Header("Sec-WebSocket-Extensions"), Is.Null);
        }
    }

    [TestCase("Upgrade", "h2c", 426)]
    [TestCase("Connection", "keep-alive", 426)]
    [TestCase("Sec-WebSocket-Version", "12", 426)]
    [TestCase("Sec-WebSocket-Key", "short", 426)]
    [Category("C12")]
    public async Task What_is_no_right_handshake_is_no_socket(string name, string value, int status, CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        var call = await bridge.PlaceAsync(cancel);

        Assert.That(await bridge.StatusAsync(call.Handshake.Instead(name, value).With("Connection", "close"), cancel), Is.EqualTo(status).Or.EqualTo(400));
        Assert.That(bridge.Model.Dials, Is.Empty);
    }
}
