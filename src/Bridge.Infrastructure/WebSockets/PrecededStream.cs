namespace Bridge.Infrastructure.WebSockets;

/// <summary>A connection of which somebody has read too much: that is read here first.</summary>
internal sealed class PrecededStream : ThroughStream
{
    private ReadOnlyMemory<byte> _first;

    private PrecededStream(Stream inner, ReadOnlyMemory<byte> first)
        : base(inner) => _first = first;

    /// <summary>The connection itself when nothing was read of it.</summary>
    /// <param name="inner">The connection; disposed with this.</param>
    /// <param name="first">What was read of it.</param>
    public static Stream Of(Stream inner, ReadOnlyMemory<byte> first) => first.IsEmpty ? inner : new PrecededStream(inner, first);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _first.IsEmpty ? Inner.ReadAsync(buffer, cancellationToken) : new ValueTask<int>(TakeFirst(buffer.Span));

    private int TakeFirst(Span<byte> buffer)
    {
        var taken = Math.Min(buffer.Length, _first.Length);
        _first.Span[..taken].CopyTo(buffer);
        // At its end, no reference to what is read.
        _first = taken == _first.Length ? default : _first[taken..];
        return taken;
    }
}
