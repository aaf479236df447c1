using MediatR;
using Microsoft.Extensions.Logging;

namespace Bridge.Application.Calls;

/// <summary>Tells whoever listens. A listener that is slow must not hold up a call, and one that fails must not end it.</summary>
public sealed partial class CallPublisher(IMediator mediator, TimeProvider time, ILogger<CallPublisher> logger)
{
    /// <summary>How long a listener is waited for; what it still does then, it does for itself.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Completes when every listener has heard of it, whatever became of them, or ten seconds have passed.</summary>
    public async Task PublishAsync(INotification notification)
    {
        await Task.Yield();
        try
        {
            await mediator.Publish(notification).WaitAsync(Patience, time);
        }
        catch (Exception e)
        {
            LogListenerFailed(e, notification.GetType().Name);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A listener to {Notification} failed")]
    private partial void LogListenerFailed(Exception exception, string notification);
}
