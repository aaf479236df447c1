namespace Bridge.Simulator.Model;

/// <summary>
/// Races between what a client asks for and what the model is doing, made to happen. (One more is
/// <see cref="ModelAnswer.HoldBeforeCreated"/>; a response that nobody asked for is <see cref="FakeConversation.RespondAsync"/>.)
/// </summary>
public sealed class Collisions
{
    private int _refuse;
    private int _finishFirst;

    /// <summary>
    /// The next <c>response.create</c> is refused because a response is active, although none is: no <c>response.done</c> will follow.
    /// </summary>
    public void RefuseNextCreate() => Interlocked.Increment(ref _refuse);

    /// <summary>
    /// The next <c>response.create</c> that comes while a response is active is refused, but that response ends first: its
    /// <c>response.done</c> is sent before the error. (Let it hold, <see cref="ModelAnswer.HoldAfterMs"/>, so that it is active then.)
    /// </summary>
    public void FinishBeforeNextRefusal() => Interlocked.Increment(ref _finishFirst);

    internal bool TakeRefusal() => Take(ref _refuse);

    internal bool TakeFinish() => Take(ref _finishFirst);

    private static bool Take(ref int count)
    {
        if (Volatile.Read(ref count) == 0)
            return false;
        Interlocked.Decrement(ref count);
        return true;
    }
}
