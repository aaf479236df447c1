namespace Bridge.Api.Doctor;

/// <summary>One thing the doctor looks at.</summary>
internal interface IExam
{
    /// <summary>The heading of what it finds.</summary>
    string Name { get; }

    /// <summary>Looks, and says what there is as soon as it is known.</summary>
    IAsyncEnumerable<Finding> ExamineAsync(CancellationToken cancellationToken);
}
