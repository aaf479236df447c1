using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Bridge.Application.Tests;

/// <summary>
/// What a peer says, one event at a time. Whoever says something may wait until it was dealt with, so that no test needs a
/// clock. As on the real wires, audio is only lent: it is overwritten before the next event, and a cancelled read just ends.
/// </summary>
internal sealed class Script<TEvent>(Func<TEvent, ReadOnlyMemory<byte>> audioOf)
{
    private readonly Channel<(TEvent Event, TaskCompletionSource Done)> _events = Channel.CreateUnbounded<(TEvent, TaskCompletionSource)>();

    /// <summary>Says it, and returns when the reader is done with it, or gone.</summary>
    public Task SaysAsync(TEvent e)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_events.Writer.TryWrite((e, done)))
            done.SetResult();
        var dealtWith = done.Task.WaitAsync(CallRig.Patience);
        // A test that does not wait for it leaves no fault lying about, five seconds later, for one that looks for them.
        _ = dealtWith.ContinueWith(static late => late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return dealtWith;
    }

    public void Ends(Exception? fault = null) => _events.Writer.TryComplete(fault);

    public async IAsyncEnumerable<TEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var cancelled = cancellationToken.Register(() => Ends());
        try
        {
            await foreach (var (e, done) in _events.Reader.ReadAllAsync(CancellationToken.None))
            {
                try
                {
                    yield return e;
                }
                finally
                {
                    MemoryMarshal.AsMemory(audioOf(e)).Span.Fill(0xEE);
                    done.TrySetResult();
                }
            }
        }
        finally
        {
            Ends();
            while (_events.Reader.TryRead(out var unread))
                unread.Done.TrySetResult();
        }
    }
}
