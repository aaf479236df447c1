using Bridge.Simulator.Model;

namespace Bridge.Simulator;

/// <summary>
/// Makes sure that at this instant of virtual time there is nothing left to happen: the bridge has handled all that both ends sent it, and
/// both ends have read all that it wrote because of that. It pings one end after the other until no ping can bring anything new.
/// </summary>
/// <remarks>
/// Sound for a bridge that reads a message of a socket only when it has handled the one before it, its writes included. What it does
/// otherwise on another thread (a queue of its own, a timer's later consequences) is not seen: wait for its effect instead.
/// </remarks>
internal sealed class Barrier(TextSocket caller, TimeProvider clock)
{
    private readonly List<End> _ends = [new End(caller, null)];
    private long _fired;

    /// <summary>From now on the model's end counts too.</summary>
    public void Add(FakeConversation session) => _ends.Add(new End(session.Socket, session));

    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            foreach (var end in _ends)
            {
                if (end.Session is { } session)
                    await session.RestAsync(cancellationToken);
            }

            if (clock is ManualClock manual && manual.TimersFired is var fired && fired != _fired)
            {
                // The bridge may have had one of the timers, and written something because of it.
                _fired = fired;
                _ends.ForEach(static end => end.MayHaveUnread = true);
            }

            if (_ends.Find(static end => end.Socket.Sent != end.Handled || end.MayHaveUnread) is not { } next)
                return;
            await PingAsync(next, cancellationToken);
        }
    }

    private async Task PingAsync(End end, CancellationToken cancellationToken)
    {
        var sent = end.Socket.Sent;
        await end.Socket.PingAsync(cancellationToken);
        end.MayHaveUnread = false;
        if (sent == end.Handled)
            return;

        // What the bridge wrote to the other ends because of these messages was written before it answered the ping.
        end.Handled = sent;
        foreach (var other in _ends)
            other.MayHaveUnread |= other != end;
    }

    private sealed class End(TextSocket socket, FakeConversation? session)
    {
        public TextSocket Socket => socket;

        public FakeConversation? Session => session;

        public long Handled { get; set; } = -1;

        public bool MayHaveUnread { get; set; } = true;
    }
}
