using System.Text;
using Bridge.Simulator.Faults;

namespace Bridge.Simulator.Model;

/// <summary>What can go wrong with a session, at once or later (<see cref="Arm"/>).</summary>
public sealed partial class FakeConversation
{
    private bool _died;

    /// <summary>The session lived until its <c>expires_at</c>: the bridge let it happen.</summary>
    public bool Expired { get; private set; }

    /// <summary>Nothing is written now, by a stall.</summary>
    public bool IsStalled => Outgoing.IsStalled && !Outgoing.IsDead;

    /// <summary>Lets a fault happen: at once, or when it says; from now on it counts.</summary>
    public Task Arm(SessionFault fault) => Faults.ArmAsync(fault);

    /// <summary>The connection is reset; but what was sent before arrives (<see cref="Abort"/> does not care).</summary>
    public async Task DieByResetAsync()
    {
        Dead();
        await _raw.DrainAsync();
        Socket.Abort();
    }

    /// <summary>Closes with a status, and sends nothing more.</summary>
    public Task DieAsync(int status, string? description = null)
    {
        Dead();
        return CloseAsync(status, description);
    }

    /// <summary>The stream ends, without a close frame before it.</summary>
    public Task DieByFinAsync()
    {
        Dead();
        return _raw.FinishAsync();
    }

    /// <summary>
    /// Writes nothing more until <see cref="ResumeAsync"/>; what comes is read, and pings are answered. A response that is being generated
    /// stays active, even if it is cancelled. (A response alone stands still with <see cref="ModelAnswer.HoldAfterMs"/>.)
    /// </summary>
    public void Stall()
    {
        Outgoing.Stall();
        Pulse();
    }

    /// <summary>Writes what a stall held back, and goes on.</summary>
    public Task ResumeAsync() => Outgoing.ResumeAsync();

    /// <summary>
    /// Hears and says nothing more, pongs included, while the connection stays. Only that the client left is still noticed
    /// (<see cref="Closed"/>).
    /// </summary>
    public void GoHalfOpen()
    {
        Stall();
        _raw.GoHalfOpen();
    }

    /// <summary>
    /// Reads nothing more until <see cref="ReadOn"/>, not even the client's end; see <see cref="FakeModelOptions.ReceiveBufferBytes"/>.
    /// Not for virtual time, whose barrier wants an answer.
    /// </summary>
    public void StopReading() => _raw.StopReading();

    public void ReadOn() => _raw.ReadOn();

    /// <summary>The session is expired: told by <c>session_expired</c> or not, then closed with 1001.</summary>
    public async Task ExpireAsync(bool tell)
    {
        if (Outgoing.IsDead)
            return;
        Expired = true;
        if (tell)
            await SendFaultErrorAsync(KnownErrors.Expired);
        await DieAsync(1001);
    }

    /// <summary>Sends an error that the client did not cause: it is not among <see cref="Errors"/>.</summary>
    public Task SendFaultErrorAsync(RealtimeError error) => SendAsync(OpenAIWire.Error(error));

    /// <summary>Sends a wrong message (not counted in <see cref="ConversationRecord.Sent"/>).</summary>
    public Task SendBrokenAsync(BrokenMessage message)
    {
        var last = Ledger is [.., var item] ? item : null;
        var text = message.Text.Replace("{response}", last?.ResponseId ?? "resp_none", StringComparison.Ordinal);
        text = text.Replace("{item}", last?.ItemId ?? "item_none", StringComparison.Ordinal);
        return text.Length == 0 ? SendBytesAsync(RawFrame.OfText(text)) : SendRawAsync(text);
    }

    public Task SendBinaryAsync(ReadOnlyMemory<byte> bytes) => Socket.SendBinaryAsync(bytes, _over.Token);

    /// <summary>Writes bytes below the WebSocket, between two frames: see <see cref="RawFrame"/>.</summary>
    public Task SendBytesAsync(ReadOnlyMemory<byte> bytes) => _raw.SendBytesAsync(bytes, TimeSpan.Zero, Options.Clock, _over.Token);

    /// <summary>Sends one good message byte by byte; nothing else is written meanwhile, not even a pong.</summary>
    public Task TrickleAsync(TimeSpan pause) =>
        _raw.SendBytesAsync(RawFrame.OfText(OpenAIWire.Text(OpenAIWire.RateLimits(), NewId("event"))), pause, Options.Clock, _over.Token);

    /// <summary>Sends fragments of one message that never ends; no other message can follow, but pings are answered.</summary>
    public async Task SendEndlessAsync(int fragmentBytes, TimeSpan pause, long limit)
    {
        Stall();
        var opcode = RawFrame.Text;
        var payload = Encoding.ASCII.GetBytes("""{"type":"response.output_audio.delta","delta":""" + '"');
        for (long sent = 0; sent < limit && !_raw.IsDumb; sent += payload.Length)
        {
            if (sent > 0)
                payload = [.. Enumerable.Repeat((byte)'A', fragmentBytes)];
            await SendBytesAsync(RawFrame.Make(opcode, payload, isLast: false));
            opcode = RawFrame.Continuation;
            if (pause > TimeSpan.Zero)
                await Task.Delay(pause, Options.Clock, _over.Token);
        }
    }

    private void Dead()
    {
        Outgoing.Kill();
        _died = true;
        Pulse();
    }

    private bool IsAtRest => (Responses.IsAtRest || Outgoing.IsStalled) && !Faults.IsBusy;

    private async Task BeginFaultsAsync()
    {
        await Faults.ArmAsync(Options.Faults);
        if (Options.ExpiresIn is { } life)
            await Faults.ArmAsync(Options.AtExpiry.After(life));
    }
}
