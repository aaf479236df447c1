namespace Bridge.Application.Tests;

/// <summary>
/// Where the work beside the wheel is done: at once, on the thread on which time passes, so that what a call does about the time is
/// done when the time has passed. Or on the pool, as in production.
/// </summary>
internal sealed class BesideTheWheel : TaskScheduler
{
    public bool IsThePool { get; set; }

    protected override void QueueTask(Task task)
    {
        if (IsThePool)
            ThreadPool.QueueUserWorkItem(_ => TryExecuteTask(task));
        else
            TryExecuteTask(task);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => [];
}
