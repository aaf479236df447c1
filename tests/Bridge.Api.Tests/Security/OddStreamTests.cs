using Bridge.Simulator.Attacks;
using Bridge.Simulator.Caller;

namespace Bridge.Api.Tests.Security;

/// <summary>C1 to C3, C8, C9: messages that are no messages, on a stream that got in rightly. (C10 is in PaddingTests, with 10 s, and MatrixFrameTests.)</summary>
[CancelAfter(30_000)]
public sealed class OddStreamTests
{
    private const string Sid = "MZ55555555555555555555555555555555";

    private static readonly string[] Malformed =
    [
        "", " ", "null", "[]", "[1,2]", "0", "\"media\"", "true", "{", "}", "{]", "{\"event\"", "{\"event\":}", "{'event':'media'}", "{\"event\":\"media\"", "\uFEFF{}", "{\"event\":\"media\"}{}",
        new string('[', 1000), string.Concat(Enumerable.Repeat("{\"a\":", 1000)) + "1" + new string('}', 1000), "{\"event\":\"\\ud800\"}", "{\"event\":\"media\u0000\"}", "{\"event\":\"media\",\"event\":\"stop",
        "{\"event\":5}", "{\"event\":null}", "{\"event\":{}}", "{\"event\":[\"media\"]}", "{}", "{\"media\":{\"payload\":\"\"}}",
        $$"""{"event":"media","streamSid":"{{Sid}}"}""", """{"event":"media","media":5}""", """{"event":"media","media":null}""", """{"event":"media","media":[]}""", """{"event":"media","media":{"payload":5}}""",
        """{"event":"mark","mark":5}""", """{"event":"mark","mark":{"name":{}}}""", """{"event":"dtmf","dtmf":{"digit":1e400}}""",
        """{"event":"media","media":{"timestamp":{},"payload":"/////w=="}}""", """{"event":"media","media":{"timestamp":"99999999999999999999","payload":"/////w=="}}""",
        """{"event":"media","media":{"timestamp":"-1","payload":"/////w=="}}""", """{"event":"media","media":{"timestamp":1e999,"payload":"/////w=="}}""",
    ];

    [Test, Category("C1"), Category("C2")]
    public async Task Malformed_messages_are_passed_over_and_the_call_goes_on(CancellationToken cancel)
    {
        await using var call = await RawCall.StartAsync(cancel);
        foreach (var text in Malformed)
        {
            await call.Stream.SendTextAsync(text, cancel);
            await call.GoesOnAsync(cancel, text.Length > 100 ? text[..100] : text);
        }
    }

    [Test, Category("C1")]
    public async Task More_than_fifty_of_them_in_ten_seconds_are_the_end(CancellationToken cancel)
    {
        await using var call = await RawCall.StartAsync(cancel);
        for (var time = 0; time < 100; time++)
        {
            await call.Stream.SendTextAsync("{", cancel);
            if (time % 10 == 9)
            {
                // A hundred, but fifty in any ten seconds.
                await call.GoesOnAsync(cancel, $"{time} malformed messages");
                call.Bridge.Clock.Advance(TimeSpan.FromSeconds(2.01));
            }
        }

        for (var time = 0; time < 51; time++)
            await call.Stream.SendTextAsync("{", cancel);

        await call.IsEndedAsync(cancel, 1008);
    }

    [Test, Category("C3")]
    public async Task Events_that_are_not_known_are_passed_over_however_many(CancellationToken cancel)
    {
        await using var call = await RawCall.StartAsync(cancel);
        for (var number = 0; number < 500; number++)
            await call.Stream.SendTextAsync($$$"""{"event":"new-{{{number}}}","sequenceNumber":"{{{number}}}","streamSid":"{{{Sid}}}","new-{{{number}}}":{}}""", cancel);

        await call.GoesOnAsync(cancel, "500 new events");
        Assert.That(call.Bridge.Logs.Lines.Count(line => line.Contains("new-", StringComparison.Ordinal)), Is.LessThanOrEqualTo(20), "names that are remembered");
    }

    [TestCase("!!!!")]
    [TestCase("/////")]
    [TestCase("////=")]
    [TestCase("//// ////")]
    [TestCase("=")]
    [TestCase("")]
    [TestCase("_-_-")]
    [TestCase("\\u002f\\u002f\\u002f\\u002f")]
    [TestCase(16)]
    [TestCase(159)]
    [TestCase(161)]
    [TestCase(4000)]
    [TestCase(4001)]
    [TestCase(12_000)]
    [Category("C8")]
    public async Task A_payload_that_is_none_or_of_another_length_harms_nobody(object payload, CancellationToken cancel)
    {
        await using var call = await RawCall.StartAsync(cancel);
        await call.GoesOnAsync(cancel);
        for (var time = 0; time < 3; time++)
        {
            await call.Stream.SendTextAsync(call.FrameOf(payload as string ?? Convert.ToBase64String(new byte[(int)payload])), cancel);
            // Its audio lasts longer than 20 ms, and the next frame's begins behind it.
            call.Later(payload is 4000 ? 480 : 0);
        }

        await call.GoesOnAsync(cancel, $"{payload}");
        Assert.That(call.Session.Errors.Select(error => error.Message).Concat(call.Session.Violations), Is.Empty);
    }

    [Test, Category("C9")]
    public async Task Nothing_counts_before_the_start(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        var call = await bridge.PlaceAsync(cancel);
        await using var stream = await bridge.OpenAsync(call, cancel);
        var wire = new TwilioWire(Sid);
        foreach (var early in new[] { TwilioWire.Connected(), wire.Media(20, new byte[160]), wire.Mark("m1"), wire.Dtmf('1'), "{", "{\"event\":\"new\"}", TwilioWire.Connected() })
            await stream.SendTextAsync(early, cancel);
        Assert.That(await stream.PingAsync(cancel), Is.True);
        Assert.That(bridge.Model.Dials, Is.Empty);
        await stream.SendTextAsync(call.Start(), cancel);

        await bridge.Model.NextConversationAsync(cancel);
    }

    [TestCase("another call")]
    [TestCase("another account")]
    [TestCase("no account")]
    [TestCase("no call")]
    [TestCase("a stop")]
    [TestCase("another format")]
    [TestCase("a hundred malformed messages")]
    [TestCase("nothing for five seconds")]
    [Category("C9")]
    public async Task A_stream_whose_start_is_not_its_calls_own_is_refused_and_no_model_is_dialled(string what, CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        var (call, other) = (await bridge.PlaceAsync(cancel), await bridge.PlaceAsync(cancel));
        await using var stream = await bridge.OpenAsync(call, cancel);
        await stream.SendTextAsync(TwilioWire.Connected(), cancel);
        Assert.That(await stream.PingAsync(cancel), Is.True);
        string[] sent = what switch
        {
            "another call" => [other.Start()],
            "another account" => [call.Start(accountSid: "AC" + new string('9', 32))],
            "no account" => [call.Start(accountSid: "")],
            "no call" => [call.Start(callSid: "")],
            "a stop" => [new TwilioWire(Sid).Stop(call.Form["AccountSid"], call.Form["CallSid"])],
            "another format" => [call.Start().Replace("8000", "16000", StringComparison.Ordinal)],
            "a hundred malformed messages" => [.. Enumerable.Repeat("{", 100)],
            _ => [],
        };
        foreach (var text in sent)
            await stream.SendTextAsync(text, cancel);
        if (sent.Length == 0)
            bridge.Clock.Advance(TimeSpan.FromSeconds(5));

        Assert.That(await stream.CloseStatusAsync(cancel), Is.EqualTo(1008));
        await stream.DisposeAsync();
        await bridge.EmptyAsync(cancel);
        Assert.That(bridge.Model.Dials, Is.Empty);
        Assert.That(await bridge.StatusAsync(call.Handshake, cancel), Is.EqualTo(409), "the token is used up");
    }

    [TestCase("the same", null)]
    [TestCase("another call's", 1008)]
    [TestCase("another stream's", 1008)]
    [TestCase("another account's", 1008)]
    [Category("C9")]
    public async Task A_second_start_is_passed_over_if_it_says_the_same(string which, int? status, CancellationToken cancel)
    {
        await using var call = await RawCall.StartAsync(cancel);
        await call.Stream.SendTextAsync(TwilioWire.Connected(), cancel);
        await call.Stream.SendTextAsync(
            which switch
            {
                "another call's" => call.Call.Start(callSid: OverheardCall.NewCallSid()),
                "another account's" => call.Call.Start(accountSid: "AC" + new string('9', 32)),
                "another stream's" => call.Call.Start().Replace(Sid, "MZ" + new string('6', 32), StringComparison.Ordinal),
                _ => call.Call.Start(),
            },
            cancel);

        if (status is null)
            await call.GoesOnAsync(cancel, "a second start");
        else
            await call.IsEndedAsync(cancel, status);
        Assert.That(call.Bridge.Model.Dials, Has.Count.EqualTo(1));
    }
}
