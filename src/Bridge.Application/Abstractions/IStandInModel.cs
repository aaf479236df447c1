namespace Bridge.Application.Abstractions;

/// <summary>
/// A provider's model on this machine, for the rehearsal before the first call: it speaks the provider's protocol, knows one
/// scene, asks nobody and costs nothing. Registered under the provider's name; it listens from the moment it is made until it is
/// disposed of. A provider without one is not rehearsed: the echo is.
/// </summary>
public interface IStandInModel : IAsyncDisposable
{
    /// <summary>The settings, by their variables, that lead the provider's client to it.</summary>
    IReadOnlyDictionary<string, string> Variables { get; }
}
