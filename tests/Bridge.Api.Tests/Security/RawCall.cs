using Bridge.Simulator;
using Bridge.Simulator.Attacks;
using Bridge.Simulator.Caller;
using Bridge.Simulator.Model;

namespace Bridge.Api.Tests.Security;

/// <summary>A call that got in rightly, and whose far end then sends whatever it likes.</summary>
internal sealed class RawCall : IAsyncDisposable
{
    private readonly TwilioWire _wire = new("MZ" + new string('5', 32));
    private int _timeMs = 100;

    private RawCall(BridgeHost bridge, OverheardCall call, RawMediaStream stream, FakeConversation session) =>
        (Bridge, Call, Stream, Session) = (bridge, call, stream, session);

    public BridgeHost Bridge { get; }

    public OverheardCall Call { get; }

    public RawMediaStream Stream { get; }

    public FakeConversation Session { get; }

    /// <summary>Starts a bridge, and a call on it whose session is ready.</summary>
    public static async Task<RawCall> StartAsync(CancellationToken cancel, Action<Microsoft.AspNetCore.Builder.WebApplicationBuilder>? customize = null)
    {
        var bridge = await BridgeHost.StartGuardedAsync(new() { Greeting = ModelAnswer.Tones(100), Answers = [] }, customize: builder =>
        {
            BridgeHost.Patient(builder);
            customize?.Invoke(builder);
        });
        var call = await bridge.PlaceAsync(cancel);
        var stream = await bridge.BeginAsync(call, cancel);
        var session = await bridge.Model.NextConversationAsync(cancel);
        await session.WaitForAsync("response.create", 1, cancel);
        return new RawCall(bridge, call, stream, session);
    }

    /// <summary>The next frame of 20 ms of the caller's.</summary>
    public string Frame(byte sound = 0x42) => _wire.Media(_timeMs += 20, [.. Enumerable.Repeat(sound, Pcmu.FrameSamples)]);

    /// <summary>The next frame comes so much later by its timestamp.</summary>
    public void Later(int milliseconds) => _timeMs += milliseconds;

    /// <summary>A frame of the caller's with a payload as text.</summary>
    public string FrameOf(string payload) => Frame().Replace(Convert.ToBase64String([.. Enumerable.Repeat((byte)0x42, Pcmu.FrameSamples)]), payload, StringComparison.Ordinal);

    /// <summary>The call goes on: a frame of the caller's comes to the model, and only after all that was sent before it.</summary>
    public async Task GoesOnAsync(CancellationToken cancel, string? after = null)
    {
        var heard = Session.Record.AudioBytes;
        await Stream.SendTextAsync(Frame(0x33), cancel);
        // One that comes in the very moment in which the session is ready may wait for the next.
        Assert.That(await Stream.PingAsync(cancel), Is.True, $"after {after} the stream was ended: {Stream.Closed}");
        await Stream.SendTextAsync(Frame(0x33), cancel);
        try
        {
            do
            {
                await Session.WaitForAudioAsync(heard + 1, cancel).WaitAsync(TimeSpan.FromSeconds(10), cancel);
                heard = Session.Record.AudioBytes;
            }
            while (Session.Record.Audio()[(int)heard - 1] != 0x33);
        }
        catch (Exception e)
        {
            Assert.Fail($"After {after} the call does not go on: {e.Message}\n{string.Join('\n', Bridge.Logs.Lines.TakeLast(5))}");
        }
    }

    /// <summary>The stream is ended with one of these, and everything of the call is given back.</summary>
    public async Task IsEndedAsync(CancellationToken cancel, params int?[] statuses)
    {
        var status = await Stream.CloseStatusAsync(cancel).WaitAsync(TimeSpan.FromSeconds(10), cancel);
        Assert.That(status, Is.AnyOf([.. statuses.Cast<object?>()]), string.Join('\n', Bridge.Logs.Lines.TakeLast(5)));
        await Stream.DisposeAsync();
        await Session.Closed.WaitAsync(TimeSpan.FromSeconds(2), cancel);
        await Bridge.EmptyAsync(cancel);
        Assert.That(Bridge.Logs.Lines.Where(line => line.StartsWith("Error", StringComparison.Ordinal)), Is.Empty);
    }

    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync();
        // A call that is still on would ask a disposed service for its listeners.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await Bridge.EmptyAsync(limit.Token);
        await Bridge.DisposeAsync();
    }
}
