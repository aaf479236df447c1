namespace Bridge.Infrastructure.WebSockets;

/// <summary>
/// A connection that is being set up: until <see cref="IsSetUp"/>, whoever reads goes on on the thread pool. Certificates are checked and
/// documents are read then, and the threads that carry all calls' frames have no time for either.
/// </summary>
/// <param name="inner">The connection; disposed with this.</param>
internal sealed class DialStream(Stream inner) : ThroughStream(inner)
{
    private volatile bool _isSetUp;

    /// <summary>From now on reads go on where they complete.</summary>
    public bool IsSetUp
    {
        get => _isSetUp;
        set => _isSetUp = value;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _isSetUp ? Inner.ReadAsync(buffer, cancellationToken) : ReadOnPoolAsync(buffer, cancellationToken);

    private async ValueTask<int> ReadOnPoolAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var read = await Inner.ReadAsync(buffer, cancellationToken);
        // To the pool, wherever the read completed.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        return read;
    }
}
