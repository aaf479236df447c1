using Bridge.Application.Abstractions;
using Bridge.Application.Calls;
using Bridge.Application.Sessions;
using MediatR;

namespace Bridge.Application.Tests;

/// <summary>Opens the session the test hands out, and writes down what is published.</summary>
internal sealed class ScriptedMediator(OrderLog log, IRealtimeSession session) : IMediator
{
    private readonly Lock _gate = new();
    private readonly List<object> _published = [];
    private readonly List<(Type Kind, int Count, TaskCompletionSource Reached)> _awaited = [];

    /// <summary>How a session opens; at once, unless the test says otherwise.</summary>
    public Func<CancellationToken, Task<IRealtimeSession>> Open { get; set; } = _ => Task.FromResult(session);

    /// <summary>Who hears what is published.</summary>
    public Func<object, Task> Listener { get; set; } = _ => Task.CompletedTask;

    public OpenRealtimeSession? Request { get; private set; }

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
        Request = (OpenRealtimeSession)(object)request;
        return (Task<TResponse>)(object)Open(cancellationToken);
    }

    public Task Publish(object notification, CancellationToken cancellationToken)
    {
        log.Add($"published {notification.GetType().Name}");
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
}
