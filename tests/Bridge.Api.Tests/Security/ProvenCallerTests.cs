using System.Net.Sockets;
using Bridge.Simulator.Attacks;
using Bridge.Simulator.Caller;

namespace Bridge.Api.Tests.Security;

/// <summary>A guard must not lose genuine calls, and what it refuses must cost nothing but a line.</summary>
[CancelAfter(60_000)]
public sealed class ProvenCallerTests
{
    /// <summary>Its caller sat through the intro: the question that follows is answered with another stream, and that one is let in.</summary>
    [Test]
    public async Task A_genuine_stream_that_comes_too_late_is_followed_by_one_that_is_let_in(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        var call = await bridge.PlaceAsync(cancel);
        bridge.Clock.Advance(TimeSpan.FromSeconds(62));
        Assert.That(await bridge.StatusAsync(call.Handshake.Without(TwilioSignature.Header), cancel), Is.EqualTo(403), "nobody in particular");
        Assert.That(await bridge.StatusAsync(call.Handshake, cancel), Is.EqualTo(403), "too late");

        var answer = await bridge.Genuine(call.Form, "/stream-ended").AskAsync(bridge.Address, cancel);
        var url = TwimlAnswer.Parse("text/xml", answer!.Body.Length, answer.Text).StreamUrlAsWritten;
        var again = call with { StreamUrl = url, StreamSignature = TwilioSignature.Sign(bridge.AuthToken(), url) };
        await using var stream = await bridge.BeginAsync(again, cancel);
        Assert.That(await bridge.Model.NextConversationAsync(cancel), Is.Not.Null);
        await bridge.Logs.WaitForAsync("Greeting asked for");
    }

    [Test]
    public async Task Without_the_signature_a_late_stream_changes_nothing_for_its_call(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        var call = await bridge.PlaceAsync(cancel);
        bridge.Clock.Advance(TimeSpan.FromSeconds(62));
        await bridge.StatusAsync(call.Handshake.Without(TwilioSignature.Header), cancel);

        var answer = await bridge.Genuine(call.Form, "/stream-ended").AskAsync(bridge.Address, cancel);
        Assert.That(answer!.Text, Does.Contain("<Hangup"));
        bridge.NobodyGotIn();
    }

    /// <summary>A client of the Voice SDK may name its own parameters as Twilio names its own, but for the case: both are signed.</summary>
    [Test]
    public async Task Names_that_differ_in_case_are_two_names(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        Assert.That(await bridge.StatusAsync(bridge.Genuine(bridge.Form(("to", "+15550003003"))), cancel), Is.EqualTo(200));

        var form = bridge.Form();
        RawRequest Twice(string name) => RawRequest.Form(bridge.PublicUrl(), "/incoming-call", [.. form, new("Digits", "1"), new(name, "2")]);
        var signed = TwilioSignature.Sign(bridge.AuthToken(), "https://bridge.test/incoming-call", [.. form, new("Digits", "1"), new("Digits", "2")]);
        Assert.That(await bridge.StatusAsync(Twice("digits").With(TwilioSignature.Header, signed), cancel), Is.EqualTo(403), "changed");
        Assert.That(await bridge.StatusAsync(Twice("Digits").With(TwilioSignature.Header, signed), cancel), Is.EqualTo(200), "as it was signed");
    }

    /// <summary>Load balancers knock so, and anybody can: a line for each would fill a disk.</summary>
    [Test]
    public async Task Connections_that_are_reset_before_their_first_byte_are_not_logged(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        var before = bridge.Logs.Events.Count;
        for (var i = 0; i < 20; i++)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(true, 0) };
            await socket.ConnectAsync(bridge.Address.Host, bridge.Address.Port, cancel);
        }

        // Behind them in the same queue, so that they are over when this is answered.
        Assert.That(await bridge.StatusAsync(new RawRequest("GET", "/health/live").With("Host", "bridge.test"), cancel), Is.EqualTo(200));
        Assert.That(bridge.Logs.Events.Skip(before).Select(LogRecord.Text), Is.Empty);
    }

    [Test]
    public async Task A_refused_request_keeps_no_connection(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        foreach (var request in new[] { RawRequest.Form(bridge.PublicUrl(), "/incoming-call", bridge.Form()), RawRequest.Handshake(bridge.PublicUrl(), "/media-stream/v1.a.b.c") })
        {
            await using var connection = await RawConnection.OpenAsync(bridge.Address, cancel);
            await connection.SendAsync(request.Bytes(), cancel);
            Assert.That((await connection.AnswerAsync(cancel))?.Status, Is.EqualTo(403));
            await connection.ClosedAsync(cancel);
        }
    }

    [Test]
    public async Task The_noise_of_scanners_does_not_hide_a_wrong_signature(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        var unsigned = RawRequest.Form(bridge.PublicUrl(), "/incoming-call", bridge.Form());
        for (var i = 0; i < 60; i++)
            await bridge.StatusAsync(unsigned, cancel);
        await bridge.StatusAsync(unsigned.SignedWith("another-token", "https://bridge.test/incoming-call", bridge.Form()), cancel);

        Assert.That(bridge.Logs.Events.Select(LogRecord.Text).Count(line => line.Contains("NoSignature", StringComparison.Ordinal)), Is.EqualTo(20));
        await bridge.Logs.WaitForAsync("Refused POST https://bridge.test/incoming-call: WrongSignature");
    }
}
