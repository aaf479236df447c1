using System.Globalization;

namespace Bridge.Simulator.Commands;

/// <summary>The command line was wrong; the message says how.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>Options after a command: <c>--name value</c> and <c>--flag</c>.</summary>
internal sealed class CommandLine
{
    private readonly Dictionary<string, string> _values = [];

    /// <summary>Reads the options a command knows; <paramref name="flags"/> take no value.</summary>
    public CommandLine(IEnumerable<string> arguments, string[] options, string[] flags)
    {
        var rest = new Queue<string>(arguments);
        while (rest.TryDequeue(out var name))
        {
            if (flags.Contains(name))
                _values[name] = "";
            else if (!options.Contains(name))
                throw new UsageException($"Unknown option '{name}'. Known here: {string.Join(", ", options.Concat(flags))}.");
            else
                _values[name] = rest.TryDequeue(out var value) ? value : throw new UsageException($"{name} needs a value.");
        }
    }

    public bool Has(string flag) => _values.ContainsKey(flag);

    public string? Text(string option) => _values.GetValueOrDefault(option);

    public double Number(string option, double otherwise, double min, double max)
    {
        if (Text(option) is not { } text)
            return otherwise;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw new UsageException($"{option} must be a number from {min} to {max}, not '{text}'.");
    }

    public int Whole(string option, int otherwise, int min, int max)
    {
        var number = Number(option, otherwise, min, max);
        return number == Math.Floor(number) ? (int)number : throw new UsageException($"{option} must be a whole number, not '{Text(option)}'.");
    }

    public Uri? Address(string option) => Address(option, Text(option));

    /// <summary>An address that may come from somewhere else than the command line.</summary>
    public static Uri? Address(string option, string? text)
    {
        if (text is null)
            return null;
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? url
            : throw new UsageException($"{option} must be an http or https address, not '{text}'.");
    }
}
