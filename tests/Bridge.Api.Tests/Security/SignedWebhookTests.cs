using Bridge.Simulator.Attacks;
using Bridge.Simulator.Caller;

namespace Bridge.Api.Tests.Security;

/// <summary>E1 to E3, E8: only what Twilio signed, to the letter, is answered.</summary>
[CancelAfter(30_000)]
public sealed class SignedWebhookTests
{
    [TestCase("/incoming-call", "POST")]
    [TestCase("/incoming-call", "GET")]
    [TestCase("/stream-ended", "POST")]
    [TestCase("/stream-ended", "GET")]
    [Category("E1")]
    public async Task What_nobody_signed_gets_403_and_not_a_word(string target, string method, CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        var request = RawRequest.Form(bridge.PublicUrl(), target, bridge.Form());
        if (method == "GET")
            request = new RawRequest("GET", $"{target}?{System.Text.Encoding.UTF8.GetString(request.Body)}").With("Host", "bridge.test");
        foreach (var one in new[] { request, request.With("X-Twilio-Signature", ""), request.With("X-Twilio-Signature", "\u00e9==") })
        {
            var answer = await one.AskAsync(bridge.Address, cancel);
            Assert.That((answer?.Status, answer?.Body.Length), Is.EqualTo((403, 0)));
        }

        bridge.NobodyGotIn();
    }

    [Test, Category("E2")]
    public async Task A_signature_with_any_bit_changed_is_worth_nothing(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        var form = bridge.Form();
        var right = Convert.FromBase64String(TwilioSignature.Sign(bridge.AuthToken(), "https://bridge.test/incoming-call", form));
        for (var bit = 0; bit < right.Length * 8; bit++)
        {
            var wrong = right.ToArray();
            wrong[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.That(await bridge.StatusAsync(bridge.Genuine(form).Instead("X-Twilio-Signature", Convert.ToBase64String(wrong)), cancel), Is.EqualTo(403), $"bit {bit}");
        }

        bridge.NobodyGotIn();
        Assert.That(await bridge.StatusAsync(bridge.Genuine(form), cancel), Is.EqualTo(200), "the right one");
    }

    [Test, Category("E2")]
    public async Task A_signature_holds_for_its_fields_alone_in_whatever_order_they_come(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        var form = bridge.Form();
        var signature = TwilioSignature.Sign(bridge.AuthToken(), "https://bridge.test/incoming-call", form);
        var others = form.Keys.Select(name => new Dictionary<string, string>(form) { [name] = form[name] + "0" })
            .Concat(form.Keys.Select(name => new Dictionary<string, string>(form.Where(field => field.Key != name))))
            .Append(new(form) { ["More"] = "" })
            .Append(new(form.Where(field => field.Key != "To")) { ["to"] = form["To"] });
        foreach (var other in others)
            Assert.That(await bridge.StatusAsync(RawRequest.Form(bridge.PublicUrl(), "/incoming-call", other).With("X-Twilio-Signature", signature), cancel), Is.EqualTo(403), string.Join('&', other));
        foreach (var twice in form)
            Assert.That(await bridge.StatusAsync(RawRequest.Form(bridge.PublicUrl(), "/incoming-call", form.Append(new(twice.Key, "another"))).With("X-Twilio-Signature", signature), cancel), Is.EqualTo(403), $"{twice.Key} twice");
        bridge.NobodyGotIn();

        var turned = RawRequest.Form(bridge.PublicUrl(), "/incoming-call", form.Reverse()).With("X-Twilio-Signature", signature);
        Assert.That(await bridge.StatusAsync(turned, cancel), Is.EqualTo(200));
    }

    [TestCase("https://bridge.test/Incoming-Call")]
    [TestCase("https://bridge.test/incoming-call/")]
    [TestCase("https://bridge.test/stream-ended")]
    [TestCase("https://bridge.test/incoming-call?a=b")]
    [TestCase("https://bridge.test:8443/incoming-call")]
    [TestCase("https://other.test/incoming-call")]
    [TestCase("http://127.0.0.1/incoming-call")]
    [Category("E3")]
    public async Task A_right_signature_for_another_address_is_refused(string url, CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        var form = bridge.Form();

        Assert.That(await bridge.StatusAsync(bridge.Genuine(form).SignedWith(bridge.AuthToken(), url, form), cancel), Is.EqualTo(403));
        bridge.NobodyGotIn();
    }

    [TestCase("application/json", """{"CallSid":"CA00000000000000000000000000000000"}""", 415)]
    [TestCase("text/plain", "CallSid=CA00000000000000000000000000000000", 415)]
    [TestCase("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"CallSid\"\r\n\r\nCA00000000000000000000000000000000\r\n--x--\r\n", 415)]
    [TestCase("application/x-www-form-urlencoded", "CallSid=CA00000000000000000000000000000000", 403)]
    [Category("E3")]
    public async Task A_signature_of_the_address_alone_carries_no_body(string type, string body, int status, CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        var request = RawRequest.Post(bridge.PublicUrl(), "/incoming-call", type, System.Text.Encoding.UTF8.GetBytes(body)).SignedWith(bridge.AuthToken(), "https://bridge.test/incoming-call");

        Assert.That(await bridge.StatusAsync(request, cancel), Is.EqualTo(status));
        bridge.NobodyGotIn();
    }

    [Test, Category("E2")]
    public async Task While_a_token_is_rotated_both_hold_and_no_third(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync(variables: new() { ["TWILIO_AUTH_TOKEN"] = "the-new-token, the-old-token" });
        foreach (var (token, status) in new[] { ("the-new-token", 200), ("the-old-token", 200), ("the-older-token", 403), ("the-new-token, the-old-token", 403), (" the-old-token", 403) })
        {
            var form = bridge.Form();
            Assert.That(await bridge.StatusAsync(bridge.Genuine(form).SignedWith(token, "https://bridge.test/incoming-call", form), cancel), Is.EqualTo(status), token);
        }
    }

    [TestCase("", "asked.test")]
    [TestCase("127.0.0.1", "forwarded.test")]
    [Category("E8")]
    public async Task Only_a_proxy_that_is_trusted_says_which_host_was_asked_where_no_address_is_configured(string trusted, string host, CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartEchoAsync(new() { ["TRUSTED_PROXIES"] = trusted });
        var form = new TwilioRequests(bridge.Caller, bridge.Clock).Form(OverheardCall.NewCallSid(), "ringing");
        var answer = await RawRequest.Form(new Uri("https://asked.test"), "/incoming-call", form).With("X-Forwarded-Host", "forwarded.test").With("X-Forwarded-Proto", "https").AskAsync(bridge.Address, cancel);

        Assert.That(answer?.Text, Does.Contain($"wss://{host}/media-stream/"));
    }

    [TestCase("ACffffffffffffffffffffffffffffffff", 403)]
    [TestCase("", 403)]
    [TestCase("AC00000000000000000000000000000001", 200)]
    [TestCase("AC00000000000000000000000000000002", 200)]
    public async Task Only_our_own_accounts_are_served_though_the_signature_be_right(string account, int status, CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync(variables: new() { ["TWILIO_ACCOUNT_SID"] = "AC00000000000000000000000000000001,AC00000000000000000000000000000002" });

        Assert.That(await bridge.StatusAsync(bridge.Genuine(bridge.Form(("AccountSid", account))), cancel), Is.EqualTo(status));
    }

    [TestCase("")]
    [TestCase("127.0.0.0/8,::1,::ffff:127.0.0.0/104")]
    [Category("E8")]
    public async Task Headers_that_say_where_a_request_came_from_change_neither_verdict_nor_answer(string trusted, CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync(variables: new() { ["TRUSTED_PROXIES"] = trusted });
        (string, string)[] lies =
        [
            ("X-Forwarded-Host", "attacker.test"), ("X-Forwarded-Proto", "http"), ("X-Forwarded-Port", "1"), ("X-Forwarded-For", "127.0.0.1"), ("X-Forwarded-Prefix", "/x"),
            ("Forwarded", "for=127.0.0.1;host=attacker.test;proto=http"), ("X-Original-URL", "/health/live"), ("X-Rewrite-URL", "/health/live"), ("X-Original-Host", "attacker.test"),
            ("X-HTTP-Method-Override", "GET"), ("Host", "attacker.test"), ("X-Real-IP", "127.0.0.1"),
        ];
        foreach (var (name, value) in lies)
        {
            var form = bridge.Form();
            var honest = (await bridge.Genuine(form).Instead(name, value).AskAsync(bridge.Address, cancel))!;
            Assert.That(honest.Status, Is.EqualTo(200), $"genuine, with {name}");
            Assert.That(honest.Text, Does.Contain("wss://bridge.test/media-stream/").And.Not.Contains("attacker.test"), name);

            var forged = bridge.Genuine(form).SignedWith(bridge.AuthToken(), "https://attacker.test/incoming-call", form).Instead(name, value);
            Assert.That(await bridge.StatusAsync(forged, cancel), Is.EqualTo(403), $"signed for another host, with {name}");
            Assert.That(await bridge.StatusAsync(bridge.Genuine(form).Without("X-Twilio-Signature").Instead(name, value), cancel), Is.EqualTo(403), $"unsigned, with {name}");
        }
    }
}
