using Bridge.Simulator.Attacks;
using Bridge.Simulator.Caller;

namespace Bridge.Api.Tests.Security;

/// <summary>A public address with a base path, behind a proxy that strips it and behind one that keeps it: Twilio signs the whole in both.</summary>
public sealed class BasePathTests
{
    private const string Public = "https://bridge.test/voice";

    [TestCase("", TestName = "Stripped, webhook, action and stream are let in")]
    [TestCase("/voice", TestName = "Kept, webhook, action and stream are let in")]
    [TestCase("/Voice", TestName = "Kept in another case, what is signed is what came")]
    [CancelAfter(60_000)]
    public async Task Webhook_action_and_stream_are_let_in(string kept, CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync(variables: new() { ["PUBLIC_BASE_URL"] = Public });
        var form = bridge.Form();
        string Signed(string scheme, string path) => scheme + (kept.Length > 0 ? $"://bridge.test{kept}" : "://bridge.test/voice") + path;
        RawRequest Post(string path) => RawRequest.Form(bridge.PublicUrl(), kept + path, form).SignedWith(bridge.AuthToken(), Signed("https", path), form);

        var answer = await Post("/incoming-call").AskAsync(bridge.Address, cancel);
        Assert.That(answer?.Status, Is.EqualTo(200), "webhook");
        Assert.That(await bridge.StatusAsync(Post("/stream-ended"), cancel), Is.EqualTo(200), "action");

        var url = TwimlAnswer.Parse("text/xml", answer!.Body.Length, answer.Text).StreamUrlAsWritten;
        Assert.That(url, Does.StartWith("wss://bridge.test/voice/media-stream/"));
        var path = url["wss://bridge.test/voice".Length..];
        var handshake = RawRequest.Handshake(bridge.PublicUrl(), kept + path);
        Assert.That(await bridge.StatusAsync(handshake.SignedWith(bridge.AuthToken(), "wss://bridge.test" + path), cancel), Is.EqualTo(403), "signed without the base path");
        Assert.That(await bridge.StatusAsync(handshake.SignedWith(bridge.AuthToken(), Signed("wss", path)), cancel), Is.EqualTo(101), "stream");
    }
}
