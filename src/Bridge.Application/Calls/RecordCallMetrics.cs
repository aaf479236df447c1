using Bridge.Application.Bridging;
using MediatR;

namespace Bridge.Application.Calls;

/// <summary>Counts calls as they start and end.</summary>
public sealed class RecordCallMetrics(BridgeMetrics metrics) : INotificationHandler<CallStarted>, INotificationHandler<CallEnded>
{
    /// <inheritdoc />
    public Task Handle(CallStarted notification, CancellationToken cancellationToken)
    {
        metrics.CallStarted();
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task Handle(CallEnded notification, CancellationToken cancellationToken)
    {
        metrics.CallEnded(notification.Summary);
        return Task.CompletedTask;
    }
}
