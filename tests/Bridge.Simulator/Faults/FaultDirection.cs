namespace Bridge.Simulator.Faults;

/// <summary>One direction of a <see cref="FaultProxy"/>, and what is wrong with it now.</summary>
public sealed class FaultDirection
{
    private readonly Lock _gate = new();
    private readonly List<Toxic> _toxics = [];
    private readonly Action<FaultDirection, Toxic> _added;
    private readonly Action _changed;
    private long _bytes;
    private long _swallowed;

    internal FaultDirection(Action<FaultDirection, Toxic> added, Action changed) => (_added, _changed) = (added, changed);

    public IReadOnlyList<Toxic> Toxics
    {
        get
        {
            lock (_gate)
                return [.. _toxics];
        }
    }

    /// <summary>Bytes that were passed on, over all connections.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Bytes that disappeared: in a black hole, or behind an end.</summary>
    public long Swallowed => Interlocked.Read(ref _swallowed);

    public void Add(Toxic toxic)
    {
        lock (_gate)
            _toxics.Add(toxic);
        _added(this, toxic);
    }

    public void Remove(Toxic toxic)
    {
        lock (_gate)
            _toxics.RemoveAll(other => ReferenceEquals(other, toxic));
    }

    /// <summary>From now on nothing is wrong. What is cut stays cut.</summary>
    public void Clear()
    {
        lock (_gate)
            _toxics.Clear();
    }

    internal Toxic? Find(ToxicKind kind)
    {
        lock (_gate)
            return _toxics.Find(toxic => toxic.Kind == kind);
    }

    internal bool Has(Toxic toxic)
    {
        lock (_gate)
            return _toxics.Exists(other => ReferenceEquals(other, toxic));
    }

    internal void Passed(int bytes)
    {
        Interlocked.Add(ref _bytes, bytes);
        _changed();
    }

    internal void Lost(int bytes)
    {
        Interlocked.Add(ref _swallowed, bytes);
        _changed();
    }
}
