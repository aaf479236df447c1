using Bridge.Application.Calls;
using Bridge.Simulator.Attacks;
using Bridge.Simulator.Caller;
using Microsoft.Extensions.DependencyInjection;

namespace Bridge.Api.Tests.Security;

/// <summary>Knocks at a guarded bridge by hand.</summary>
internal static class Door
{
    public const int NoAnswer = 0;

    public static Uri PublicUrl(this BridgeHost bridge) => bridge.Caller.PublicUrl!;

    public static string AuthToken(this BridgeHost bridge) => bridge.Caller.AuthToken!;

    public static CallRegistry Registry(this BridgeHost bridge) => bridge.Services.GetRequiredService<CallRegistry>();

    /// <summary>The fields of a webhook, of a new call with a number of its own.</summary>
    public static Dictionary<string, string> Form(this BridgeHost bridge, params (string Name, string Value)[] changes)
    {
        var form = new TwilioRequests(bridge.Caller, bridge.Clock).Form(OverheardCall.NewCallSid(), "ringing");
        foreach (var (name, value) in changes)
            form[name] = value;
        return form;
    }

    /// <summary>A form, signed by Twilio.</summary>
    public static RawRequest Genuine(this BridgeHost bridge, IReadOnlyDictionary<string, string> form, string target = "/incoming-call") =>
        RawRequest.Form(bridge.PublicUrl(), target, form).SignedWith(bridge.AuthToken(), new Uri(bridge.PublicUrl(), target).ToString(), form);

    /// <summary>The handshake of a stream, signed by Twilio whatever the path.</summary>
    public static RawRequest GenuineHandshake(this BridgeHost bridge, string path) =>
        RawRequest.Handshake(bridge.PublicUrl(), path).SignedWith(bridge.AuthToken(), $"wss://{bridge.PublicUrl().Authority}{path}");

    /// <summary>A genuine call as far as its webhook.</summary>
    public static Task<OverheardCall> PlaceAsync(this BridgeHost bridge, CancellationToken cancel) => OverheardCall.PlaceAsync(bridge.Caller, cancel);

    /// <summary>The status of the answer to a request on a connection of its own.</summary>
    public static async Task<int> StatusAsync(this BridgeHost bridge, RawRequest request, CancellationToken cancel) =>
        (await request.AskAsync(bridge.Address, cancel))?.Status ?? NoAnswer;

    /// <summary>Opens a genuine call's stream, and says nothing on it.</summary>
    public static async Task<RawMediaStream> OpenAsync(this BridgeHost bridge, OverheardCall call, CancellationToken cancel)
    {
        var (answer, stream) = await RawMediaStream.TryOpenAsync(bridge.Address, call.Handshake, cancel);
        Assert.That(answer?.Status, Is.EqualTo(101), "a genuine handshake");
        return stream!;
    }

    /// <summary>Opens a genuine call's stream, and says what Twilio says at its beginning.</summary>
    public static async Task<RawMediaStream> BeginAsync(this BridgeHost bridge, OverheardCall call, CancellationToken cancel)
    {
        var stream = await bridge.OpenAsync(call, cancel);
        await stream.SendTextAsync(TwilioWire.Connected(), cancel);
        await stream.SendTextAsync(call.Start(), cancel);
        return stream;
    }

    /// <summary>Nobody was let in, and nothing was taken.</summary>
    public static void NobodyGotIn(this BridgeHost bridge)
    {
        Assert.That(bridge.Model.Dials, Is.Empty, "the model was dialled");
        Assert.That((bridge.Registry().Active, bridge.Registry().Promised), Is.EqualTo((0, 0)), "places taken");
    }

    /// <summary>Waits until no call is on, and the model has no socket.</summary>
    public static async Task EmptyAsync(this BridgeHost bridge, CancellationToken cancel)
    {
        var calls = bridge.Registry();
        for (var changed = calls.Changed; calls.Active > 0; changed = calls.Changed)
            await changed.WaitAsync(cancel);
        await bridge.Model.WaitUntilAsync(model => model.OpenSockets == 0, cancel);
    }
}
