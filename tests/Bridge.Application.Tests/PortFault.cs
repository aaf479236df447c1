using System.Reflection;
using System.Runtime.ExceptionServices;

namespace Bridge.Application.Tests;

/// <summary>A fault of ours in one method of one port, at one of its calls.</summary>
/// <param name="Port">The port's name.</param>
/// <param name="Method">The method's.</param>
/// <param name="AtCall">The how-manieth call of it.</param>
/// <param name="Late">It throws after it has returned a task.</param>
public sealed record PortFault(string Port, string Method, int AtCall, bool Late)
{
    private int _calls;

    /// <summary>It was provoked.</summary>
    public bool Fired { get; private set; }

    /// <inheritdoc />
    public override string ToString() => $"{Port}.{Method} at call {AtCall}{(Late ? ", late" : "")}";

    /// <summary>Every method of a port, with those it inherits, at its first and third call, at once and late.</summary>
    public static IEnumerable<PortFault> Of(Type port) =>
        from method in port.GetInterfaces().Prepend(port).SelectMany(t => t.GetMethods()).DistinctBy(m => m.Name)
        from at in new[] { 1, 3 }
        from late in method.ReturnType == typeof(void) || !IsAwaited(method.ReturnType) ? new[] { false } : [false, true]
        select new PortFault(port.Name, method.Name, at, late);

    internal bool Strikes(Type port, MethodInfo method) =>
        port.Name == Port && method.Name == Method && Interlocked.Increment(ref _calls) == AtCall && (Fired = true);

    internal static bool IsAwaited(Type returned) =>
        returned == typeof(Task) || returned == typeof(ValueTask)
        || (returned.IsGenericType && (returned.GetGenericTypeDefinition() == typeof(Task<>) || returned.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>)));
}

/// <summary>Makes ports that work, but for one fault.</summary>
internal static class FaultyPort
{
    public static TPort Of<TPort>(TPort inner, PortFault fault, Func<object?[]?, bool>? concerns = null)
        where TPort : class
    {
        var proxy = DispatchProxy.Create<TPort, FaultyPort<TPort>>();
        ((FaultyPort<TPort>)(object)proxy).Wrap(inner, fault, concerns ?? (_ => true));
        return proxy;
    }
}

/// <summary>A port that works, but for one fault.</summary>
public class FaultyPort<TPort> : DispatchProxy
    where TPort : class
{
    private TPort _inner = null!;
    private PortFault _fault = null!;
    private Func<object?[]?, bool> _concerns = null!;

    internal void Wrap(TPort inner, PortFault fault, Func<object?[]?, bool> concerns) => (_inner, _fault, _concerns) = (inner, fault, concerns);

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (_concerns(args) && _fault.Strikes(typeof(TPort), targetMethod!))
            return _fault.Late ? ThrowLate(targetMethod!.ReturnType) : throw Fault();
        try
        {
            return targetMethod!.Invoke(_inner, args);
        }
        catch (TargetInvocationException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerException!);
            throw;
        }
    }

    private static NotSupportedException Fault() => new("a fault of ours");

    private static object ThrowLate(Type returned)
    {
        if (returned == typeof(Task))
            return LateAsync<int>();
        if (returned == typeof(ValueTask))
            return new ValueTask(LateAsync<int>());
        var late = returned.GetGenericTypeDefinition() == typeof(Task<>) ? nameof(LateAsync) : nameof(NothingAsync);
        return typeof(FaultyPort<TPort>).GetMethod(late, BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(returned.GetGenericArguments()).Invoke(null, null)!;
    }

    private static async Task<T> LateAsync<T>()
    {
        await Task.Yield();
        throw Fault();
    }

    private static async IAsyncEnumerable<T> NothingAsync<T>()
    {
        yield return await LateAsync<T>();
    }
}
