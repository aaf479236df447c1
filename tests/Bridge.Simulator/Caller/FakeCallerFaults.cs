namespace Bridge.Simulator.Caller;

/// <summary>What can go wrong at Twilio's end of the latest stream.</summary>
public sealed partial class FakeCaller
{
    /// <summary>The socket closes without a <c>stop</c>; the caller is still on the line.</summary>
    public Task CloseBareAsync(CancellationToken cancellationToken = default) => _stream.CloseAsync(cancellationToken);

    /// <summary>The connection is reset; the caller is still on the line.</summary>
    public void Abort() => _stream.Abort();

    /// <summary>
    /// Twilio reads nothing more, so the bridge's sends block once the kernels' buffers are full; it goes on sending, but answers no pings.
    /// What it had read already is still played.
    /// </summary>
    public void StopReading() => _stream.Read(false);

    public void ResumeReading() => _stream.Read(true);

    /// <summary>
    /// Nothing goes out any more, neither media nor marks nor a close, and the connection stays: a line that is half open. Time passes, so
    /// what the caller says is lost. Pings are answered unless <see cref="FakeCallerOptions.SwallowPings"/> says otherwise.
    /// </summary>
    public void GoSilent() => _stream.BeSilent(true);

    /// <summary>Media goes out again, with a gap in its timestamps; what would have gone out meanwhile never does.</summary>
    public void ResumeMedia() => _stream.BeSilent(false);

    /// <summary>
    /// The caller hangs up, and <c>stop</c> is the last that Twilio sends: it neither closes the socket nor answers a close.
    /// </summary>
    public async Task StopWithoutClosingAsync(CancellationToken cancellationToken = default)
    {
        var end = _course.BeginHangUp();
        _stream.NeverClose();
        await _stream.StopAsync(CallSid, cancellationToken);
        _hangingUp = end();
    }

    /// <summary>Twilio's side of the connection ends without a close frame (a FIN), and it still reads; the caller is still on the line.</summary>
    public Task HalfCloseAsync(CancellationToken cancellationToken = default) => _stream.HalfCloseAsync(cancellationToken);
}
