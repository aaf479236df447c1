namespace Bridge.Application.Abstractions;

/// <summary>The few recordings that are played when the model cannot speak. PCMU, in memory, checked at start.</summary>
public interface IRecordings
{
    /// <summary>"One moment, please": about a second.</summary>
    ReadOnlyMemory<byte> Filler { get; }

    /// <summary>Asks the caller to say it again.</summary>
    ReadOnlyMemory<byte> SayAgain { get; }
}
