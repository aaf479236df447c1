namespace Bridge.Application.Abstractions;

/// <summary>What this process has had of the processor, and how much of it it may have.</summary>
public interface IProcessorTime
{
    /// <summary>Processor time of all its threads since it began, the operating system's share included.</summary>
    TimeSpan Used { get; }

    /// <summary>Cores it may use, as its container allows; above 0, and not always a whole number.</summary>
    double Cores { get; }
}
