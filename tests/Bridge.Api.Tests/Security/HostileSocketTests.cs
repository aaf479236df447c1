using Bridge.Api.Configuration;
using Bridge.Api.Tests.Nginx;
using Bridge.Simulator;
using Bridge.Simulator.Attacks;
using Bridge.Simulator.Caller;
using Bridge.Simulator.Faults;
using Bridge.Simulator.Model;

namespace Bridge.Api.Tests.Security;

/// <summary>Scenario 12: hostile and genuine sockets at one door, directly and behind a real nginx that ends TLS.</summary>
[CancelAfter(180_000)]
public sealed class HostileSocketTests
{
    private static readonly ModelAnswer Greeting = ModelAnswer.Tones(400);

    [TestCase(false)]
    [TestCase(true)]
    public async Task Hostile_sockets_are_refused_without_a_dial_and_a_genuine_call_is_answered(bool isBehindNginx, CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync(new() { Greeting = Greeting, Answers = [] }, customize: BridgeHost.Patient);
        await using var nginx = isBehindNginx ? await NginxProxy.StartAsync(bridge.Address) : null;
        var door = nginx?.Target ?? bridge.Address;

        var idle = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => RawConnection.OpenAsync(door, cancel)));
        var expired = await OverheardCall.PlaceAsync(bridge.Caller, cancel, door);
        bridge.Clock.Advance(TimeSpan.FromSeconds(61));
        var (call, other) = (await OverheardCall.PlaceAsync(bridge.Caller, cancel, door), await OverheardCall.PlaceAsync(bridge.Caller, cancel, door));
        await RefusedAsync("an expired token", expired.Handshake);
        await RefusedAsync("no signature", call.Handshake.Without(TwilioSignature.Header));
        await RefusedAsync("a wrong signature", call.Handshake.Instead(TwilioSignature.Header, other.StreamSignature));
        await RefusedAsync("a right signature for another address", RawRequest.Handshake(call.PublicUrl, call.StreamPath).SignedWith(bridge.AuthToken(), call.StreamUrl.Replace("bridge.test", "attacker.test", StringComparison.Ordinal)).With("X-Forwarded-Host", "attacker.test"));
        await RefusedAsync("a webhook's signature", call.Handshake.Instead(TwilioSignature.Header, call.WebhookSignature));
        await RefusedAsync("no token", bridge.GenuineHandshake("/media-stream/"));
        await RefusedAsync("a webhook for another host", Spoofed(bridge));

        await EndsWithAsync("another call's start", call, 1008, other.Start());
        await RefusedAsync("a token that was used", call.Handshake, 409);
        await EndsWithAsync("no start in five seconds", other, 1008);
        await EndsWithAsync("a frame of a mebibyte", await OverheardCall.PlaceAsync(bridge.Caller, cancel, door), 1009, new string('x', 1 << 20));
        Assert.That(bridge.Model.Dials, Is.Empty);

        await using var caller = await FakeCaller.DialAsync(nginx?.Call(bridge.Caller) ?? bridge.Caller, cancel);
        await caller.WaitForMediaAsync(Pcmu.Samples(400), cancel);
        await caller.HangUpAsync(cancel);
        await bridge.EmptyAsync(cancel);
        Assert.That(bridge.Model.Dials, Has.Count.EqualTo(1));
        Assert.That(caller.Violations, Is.Empty);
        foreach (var one in idle)
            await one.DisposeAsync();

        async Task RefusedAsync(string what, RawRequest request, int status = 403) =>
            Assert.That((await request.AskAsync(door, cancel))?.Status, Is.EqualTo(status), what);

        async Task EndsWithAsync(string what, OverheardCall overheard, int status, params string[] messages)
        {
            var (answer, stream) = await RawMediaStream.TryOpenAsync(door, overheard.Handshake, cancel);
            Assert.That(answer?.Status, Is.EqualTo(101), what);
            await using (stream)
            {
                await stream!.SendTextAsync(TwilioWire.Connected(), cancel);
                Assert.That(await stream.PingAsync(cancel), Is.True, what);
                foreach (var message in messages)
                    await stream.SendAsync(RawFrame.Make(RawFrame.Text, System.Text.Encoding.UTF8.GetBytes(message), mask: 1), cancel);
                if (messages.Length == 0)
                    bridge.Clock.Advance(TimeSpan.FromSeconds(5));
                // What is still unread when the server closes makes TCP reset, and the close frame may be lost to it.
                Assert.That(await stream.CloseStatusAsync(cancel), messages is [{ Length: > 65536 }] ? Is.EqualTo(status).Or.Null : Is.EqualTo(status), what);
            }
        }
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("  ")]
    [TestCase(",")]
    public void Without_an_auth_token_the_service_does_not_start(string? token)
    {
        var variables = new Dictionary<string, string> { ["OPENAI_API_KEY"] = "a-key", ["PUBLIC_BASE_URL"] = "https://bridge.test" };
        if (token is not null)
            variables["TWILIO_AUTH_TOKEN"] = token;

        Assert.That(StartFault.Explain(Assert.Catch(() => BridgeApp.Create(variables))!)?.Message, Does.Contain("TWILIO_AUTH_TOKEN"));
    }

    private static RawRequest Spoofed(BridgeHost bridge)
    {
        var form = bridge.Form();
        return bridge.Genuine(form).SignedWith(bridge.AuthToken(), "https://attacker.test/incoming-call", form)
            .With("X-Forwarded-Host", "attacker.test").With("X-Forwarded-Proto", "https").With("X-Original-Host", "attacker.test");
    }
}
