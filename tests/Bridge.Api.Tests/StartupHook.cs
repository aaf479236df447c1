using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

/// <summary>
/// Goes with the program into a process of its own when <c>DOTNET_STARTUP_HOOKS</c> names this assembly, and does there what no
/// request can do to it. The name is the runtime's.
/// </summary>
[SuppressMessage("Design", "CA1050", Justification = "The runtime looks for it outside all namespaces.")]
internal static class StartupHook
{
    /// <summary>SIGUSR1, which the program does not know.</summary>
    private const PosixSignal Usr1 = (PosixSignal)10;

    private static PosixSignalRegistration? _crash;

    /// <summary>A signal becomes an exception that nobody catches. Called by the runtime before the program begins.</summary>
    public static void Initialize() => _crash = PosixSignalRegistration.Create(Usr1, static signal =>
    {
        signal.Cancel = true;
        new Thread(static () => throw new InvalidOperationException("Nobody catches this.")).Start();
    });
}
