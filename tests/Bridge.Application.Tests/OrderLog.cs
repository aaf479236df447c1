namespace Bridge.Application.Tests;

/// <summary>One list of what both far ends were told, in the order in which they were told.</summary>
internal sealed class OrderLog
{
    private readonly Lock _gate = new();
    private readonly List<string> _entries = [];
    private readonly List<(string Entry, TaskCompletionSource Said)> _awaited = [];

    public void Add(string entry)
    {
        lock (_gate)
        {
            _entries.Add(entry);
            foreach (var (awaited, said) in _awaited)
            {
                if (awaited == entry)
                    said.TrySetResult();
            }
        }
    }

    /// <summary>Returns when it was told.</summary>
    public Task SaidAsync(string entry)
    {
        lock (_gate)
        {
            if (_entries.Contains(entry))
                return Task.CompletedTask;
            var said = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add((entry, said));
            return said.Task.WaitAsync(CallRig.Patience);
        }
    }

    public IReadOnlyList<string> Entries
    {
        get
        {
            lock (_gate)
                return [.. _entries];
        }
    }

    public int Count(string entry) => Entries.Count(e => e == entry);

    public IEnumerable<string> From(string peer) => Entries.Where(e => e.StartsWith(peer, StringComparison.Ordinal));
}
