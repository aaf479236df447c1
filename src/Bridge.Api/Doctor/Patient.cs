using Bridge.Api.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Bridge.Api.Doctor;

/// <summary>Who is examined: the settings, and the service they make, put together as for a start and never started.</summary>
internal sealed class Patient : IAsyncDisposable
{
    private readonly WebApplication? _app;

    private Patient(IReadOnlyDictionary<string, string> variables, WebApplication? app, IReadOnlyList<string> faults) =>
        (Variables, _app, Faults) = (variables, app, faults);

    /// <summary>The environment, with <c>.env</c> in it.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; }

    /// <summary>What stops the start, a sentence each.</summary>
    public IReadOnlyList<string> Faults { get; }

    /// <summary>Would the service start?</summary>
    public bool Starts => _app is not null;

    /// <summary>Reads the settings as the service does.</summary>
    public static Patient Of(IReadOnlyDictionary<string, string> variables)
    {
        try
        {
            // The doctor speaks for itself: a log beside it would confuse.
            return new Patient(variables, BridgeApp.Create(variables, builder => builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)), []);
        }
        catch (Exception e) when (StartFault.Faults(e).Distinct().ToList() is { Count: > 0 } faults)
        {
            return new Patient(variables, null, faults);
        }
    }

    /// <summary>A service of the patient that starts.</summary>
    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    /// <summary>Options of the patient that starts.</summary>
    public T Options<T>()
        where T : class => Get<IOptions<T>>().Value;

    /// <summary>The service's parts.</summary>
    /// <exception cref="InvalidOperationException">The settings make no service.</exception>
    public IServiceProvider Services => _app?.Services ?? throw new InvalidOperationException("These settings make no service.");

    public ValueTask DisposeAsync() => _app?.DisposeAsync() ?? ValueTask.CompletedTask;
}
