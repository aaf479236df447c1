using Bridge.Application.Abstractions;
using Bridge.Application.Calls;
using Bridge.Application.Sessions;
using MediatR;

namespace Bridge.Application.Tests;

/// <summary>Opens the sessions the test hands out, one after the other, and writes down what is published.</summary>
internal sealed class ScriptedMediator : IMediator
{
    private readonly OrderLog _log;
    private readonly Queue<Func<CancellationToken, Task<IRealtimeSession>>> _sessions = new();
    private readonly List<OpenRealtimeSession> _requests = [];
    private readonly Lock _gate = new();
    private readonly List<object> _published = [];
    private readonly List<(Type Kind, int Count, TaskCompletionSource Reached)> _awaited = [];

    public ScriptedMediator(OrderLog log, IRealtimeSession first)
    {
        _log = log;
        Open = token => TakeNext()(token);
        HandOut(first);
    }

    /// <summary>How a session opens; the next of those handed out, at once, unless the test says otherwise.</summary>
    public Func<CancellationToken, Task<IRealtimeSession>> Open { get; set; }

    /// <summary>Who hears what is published.</summary>
    public Func<object, Task> Listener { get; set; } = _ => Task.CompletedTask;

    /// <summary>What was asked for last; null for nothing yet.</summary>
    public OpenRealtimeSession? Request => Requests is [.., var last] ? last : null;

    /// <summary>What was asked for, in order.</summary>
    public IReadOnlyList<OpenRealtimeSession> Requests
    {
        get
        {
            lock (_gate)
                return [.. _requests];
        }
    }

    public IEnumerable<CallEnded> Ended => Published.OfType<CallEnded>();

    public IReadOnlyList<object> Published
    {
        get
        {
            lock (_gate)
                return [.. _published];
        }
    }

    /// <summary>Returns when so many of a kind were published.</summary>
    public Task PublishedAsync<TNotification>(int count)
    {
        lock (_gate)
        {
            if (_published.OfType<TNotification>().Count() >= count)
                return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add((typeof(TNotification), count, reached));
            return reached.Task.WaitAsync(CallRig.Patience);
        }
    }

    /// <summary>The next session that is asked for is this one.</summary>
    public void HandOut(IRealtimeSession session) => HandOut(_ => Task.FromResult(session));

    /// <summary>The next session that is asked for comes so, or does not.</summary>
    public void HandOut(Func<CancellationToken, Task<IRealtimeSession>> opening)
    {
        lock (_gate)
            _sessions.Enqueue(opening);
    }

    /// <summary>The next session that is asked for cannot be had.</summary>
    public void Refuse(RealtimeSessionFailure why = RealtimeSessionFailure.Unreachable) =>
        HandOut(_ => Task.FromException<IRealtimeSession>(new RealtimeSessionException("No such luck.", why)));

    /// <summary>The next session that is asked for opens when the test says so; a cancelled dial is cancelled.</summary>
    public TaskCompletionSource<IRealtimeSession> HoldNext()
    {
        var opening = new TaskCompletionSource<IRealtimeSession>(TaskCreationOptions.RunContinuationsAsynchronously);
        HandOut(token =>
        {
            token.Register(() => opening.TrySetCanceled(token));
            return opening.Task;
        });
        return opening;
    }

    /// <summary>Keeps the session from opening until the test opens it; a cancelled dial is cancelled.</summary>
    public TaskCompletionSource<IRealtimeSession> HoldOpening()
    {
        var opening = new TaskCompletionSource<IRealtimeSession>(TaskCreationOptions.RunContinuationsAsynchronously);
        Open = token =>
        {
            token.Register(() => opening.TrySetCanceled(token));
            return opening.Task;
        };
        return opening;
    }

    /// <summary>Not async: the real one, too, may throw before it has a task to return.</summary>
    public Task<TResponse> Send<TResponse>(IRequest<TResponse> request, CancellationToken cancellationToken)
    {
        lock (_gate)
            _requests.Add((OpenRealtimeSession)(object)request);
        _log.Add($"dial {Requests.Count}");
        return (Task<TResponse>)(object)Open(cancellationToken);
    }

    public Task Publish(object notification, CancellationToken cancellationToken)
    {
        _log.Add($"published {notification.GetType().Name}");
        lock (_gate)
        {
            _published.Add(notification);
            foreach (var (kind, count, reached) in _awaited)
            {
                if (_published.Count(kind.IsInstanceOfType) >= count)
                    reached.TrySetResult();
            }
        }

        return Listener(notification);
    }

    public Task Publish<TNotification>(TNotification notification, CancellationToken cancellationToken)
        where TNotification : INotification => Publish((object)notification, cancellationToken);

    private Func<CancellationToken, Task<IRealtimeSession>> TakeNext()
    {
        lock (_gate)
        {
            return _sessions.TryDequeue(out var opening)
                ? opening
                : _ => Task.FromException<IRealtimeSession>(new RealtimeSessionException("The script has no more sessions.", RealtimeSessionFailure.Unreachable));
        }
    }
}
