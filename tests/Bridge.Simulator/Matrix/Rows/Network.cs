using Bridge.Simulator.Model;

namespace Bridge.Simulator.Matrix.Rows;

/// <summary>The network between the bridge and the model: A5 to A7.</summary>
internal static class Network
{
    public static IReadOnlyList<FaultRow> Rows { get; } =
    [
        new("A5", "the model's name does not resolve", TimeSpan.FromSeconds(5.5),
        [
            new("*.invalid (nobody can talk beside it)", Profiles.Nameless, NamelessAsync),
        ]),
        new("A6", "TLS fails", TimeSpan.FromSeconds(1),
        [
            new("a certificate of nobody's", Profiles.Tls, scene => InsecureAsync(scene, port => FakeRealtimeServer.StartAsync(SelfSigned.Certificate(), null, port))),
            new("another name", Profiles.Tls, scene => InsecureAsync(scene, port => FakeRealtimeServer.StartAsync(SelfSigned.Certificate("other.example"), null, port))),
            new("expired", Profiles.Tls, scene => InsecureAsync(scene, port => FakeRealtimeServer.StartAsync(SelfSigned.Certificate(until: DateTimeOffset.UtcNow.AddHours(-1)), null, port))),
            new("a plain port", Profiles.Tls, scene => InsecureAsync(scene, port => FakeRealtimeServer.StartAsync(port: port))),
        ]),
        new("A7", "the connection is refused, or reset", TimeSpan.FromSeconds(5),
        [
            new("refused", Profiles.Proxied, RefusedAsync),
            new("reset in the handshake, always", Profiles.Proxied, scene => Dialing.LostAsync(scene, DialFault.Reset, 2, "ModelUnreachable")),
            new("reset in the handshake, once", Profiles.Proxied, scene => Dialing.GreetedAsync(scene, DialFault.Reset, 2)),
        ]),
    ];

    /// <summary>One more try, and the caller is told.</summary>
    private static async Task NamelessAsync(RowScene scene)
    {
        scene.ExpectError("No session with the model");
        var since = TimeProvider.System.GetTimestamp();
        var call = await scene.CallAsync();
        await scene.LostAsync(call, "ModelUnreachable", since);
        scene.Expect("second tries", 1, scene.Log.Count("No session at the first try"));
    }

    /// <summary>In the place of the model, at its address, is somebody else. Nothing is sent to him, and nobody is tried twice.</summary>
    private static async Task InsecureAsync(RowScene scene, Func<int, Task<FakeRealtimeServer>> impostor)
    {
        scene.ExpectError("cannot prove who it is");
        var proxy = scene.Run.Proxy!;
        proxy.StopListening();
        try
        {
            await using var other = await impostor(proxy.Port);
            var since = TimeProvider.System.GetTimestamp();
            var call = await scene.CallAsync();
            await scene.LostAsync(call, "ModelRefused", since);
            scene.Expect("requests that reached the impostor", 0, other.Dials.Count);
            scene.Expect("second tries", 0, scene.Log.Count("No session at the first try"));
        }
        finally
        {
            proxy.Listen();
        }
    }

    private static async Task RefusedAsync(RowScene scene)
    {
        scene.ExpectError("No session with the model");
        scene.Run.Proxy!.StopListening();
        var since = TimeProvider.System.GetTimestamp();
        var call = await scene.CallAsync();
        await scene.LostAsync(call, "ModelUnreachable", since);
        scene.Expect("second tries", 1, scene.Log.Count("No session at the first try"));
        scene.Run.Proxy.Listen();
    }
}
