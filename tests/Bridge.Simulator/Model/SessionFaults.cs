using System.Net.WebSockets;

namespace Bridge.Simulator.Model;

/// <summary>The faults that are armed in a session.</summary>
internal sealed class SessionFaults(FakeConversation conversation, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly List<(SessionFault Fault, int Seen)> _armed = [];
    private readonly List<ITimer> _timers = [];
    private bool _isOver;
    private int _busy;

    /// <summary>A fault is about to happen.</summary>
    public bool IsBusy => Volatile.Read(ref _busy) > 0;

    public async Task ArmAsync(IEnumerable<SessionFault> faults)
    {
        foreach (var fault in faults)
            await ArmAsync(fault);
    }

    public Task ArmAsync(SessionFault fault)
    {
        if (fault.Trigger == FaultTrigger.AtOnce)
            return HappenAsync(fault);
        lock (_gate)
        {
            if (_isOver)
                return Task.CompletedTask;
            if (fault.Trigger == FaultTrigger.AfterTime)
                _timers.Add(clock.CreateTimer(_ => Due(fault), null, fault.Time, Timeout.InfiniteTimeSpan));
            else
                _armed.Add((fault, 0));
        }

        return Task.CompletedTask;
    }

    /// <summary>Something was sent or received: the faults that waited for it happen.</summary>
    public async Task FireAsync(FaultTrigger trigger, string type)
    {
        List<SessionFault>? due = null;
        lock (_gate)
        {
            for (var i = _armed.Count - 1; i >= 0; i--)
            {
                var (fault, seen) = _armed[i];
                if (fault.Trigger != trigger || (fault.Type ?? type) != type)
                    continue;
                _armed[i] = (fault, seen + 1);
                if (seen + 1 < fault.Number)
                    continue;
                _armed.RemoveAt(i);
                (due ??= []).Insert(0, fault);
            }
        }

        foreach (var fault in due ?? [])
            await HappenAsync(fault);
    }

    public void End()
    {
        lock (_gate)
        {
            _isOver = true;
            _armed.Clear();
            _timers.ForEach(static timer => timer.Dispose());
        }
    }

    // Within the clock's step, so that whoever waits for rest sees at once that there is none.
    private void Due(SessionFault fault)
    {
        Interlocked.Increment(ref _busy);
        _ = Task.Run(async () =>
        {
            await HappenAsync(fault);
            Interlocked.Decrement(ref _busy);
            conversation.Pulse();
        });
    }

    private async Task HappenAsync(SessionFault fault)
    {
        conversation.Log($"meets a fault: {fault}");
        try
        {
            await fault.Do(conversation);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or WebSocketException or InvalidOperationException)
        {
            conversation.Log($"was over before its fault: {fault}");
        }

        conversation.Pulse();
    }
}
